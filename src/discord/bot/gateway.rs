//! The gateway: one connection that goes out, over which interactions come.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_core::Stream;
use twilight_gateway::{ConfigBuilder, Intents, Message, Shard, ShardId};

use super::Bot;
use super::interaction::{Dispatch, Interaction};

/// How often the end is looked for.
const LOOK: Duration = Duration::from_millis(200);
/// Interactions that are worked on at once; a further one waits for a thread.
const THREADS: usize = 256;
/// How long work on its way may take after the end.
const LAST: Duration = Duration::from_secs(20);

/// Why the gateway's work ended.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GatewayError {
    /// Discord ends the connection for good.
    #[error(
        "Discord does not accept the bot (close code {0}); `proximity discord check` tells what is missing"
    )]
    Closed(u16),
    /// The threads that talk to Discord cannot be started.
    #[error("the connection to Discord cannot be set up")]
    Runtime(#[source] std::io::Error),
}

/// Answers interactions until `stop`, or until Discord wants no more of this bot. Lost connections are taken up again.
///
/// # Errors
/// [`GatewayError`].
pub fn run(bot: &Arc<Bot>, stop: &AtomicBool) -> Result<(), GatewayError> {
    // The websocket's TLS asks the process for it. Another part may have been faster; it has the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .max_blocking_threads(THREADS)
        .enable_all()
        .build()
        .map_err(GatewayError::Runtime)?;
    let ended = runtime.block_on(listen(bot, stop));
    runtime.shutdown_timeout(LAST);
    ended
}

async fn listen(bot: &Arc<Bot>, stop: &AtomicBool) -> Result<(), GatewayError> {
    // No intents: interactions come without any, and nothing else is wanted.
    let mut config = ConfigBuilder::new(bot.config.token.reveal().to_owned(), Intents::empty());
    if let Some(gateway) = bot.config.gateway() {
        config = config.proxy_url(gateway);
    }
    let mut shard = Shard::with_config(ShardId::ONE, config.build());
    let mut last_close = 0;
    while !stop.load(Ordering::Relaxed) {
        let next = poll_fn(|context| Pin::new(&mut shard).poll_next(context));
        match tokio::time::timeout(LOOK, next).await {
            Err(_) => {}
            Ok(None) => return Err(GatewayError::Closed(last_close)),
            Ok(Some(Ok(Message::Text(text)))) => dispatch(bot, &text),
            Ok(Some(Ok(Message::Close(frame)))) => {
                last_close = frame.map_or(0, |frame| frame.code);
                (bot.log)(&format!("Discord closed the connection ({last_close}); it is taken up again"));
            }
            // Its own words may be long; it connects again by itself.
            Ok(Some(Err(_))) => (bot.log)("the connection to Discord failed; it is tried again"),
        }
    }
    Ok(())
}

/// Hands an interaction to a thread of its own: what it takes does not keep the heartbeats waiting.
fn dispatch(bot: &Arc<Bot>, text: &str) {
    let Ok(dispatch) = serde_json::from_str::<Dispatch>(text) else { return };
    match dispatch.t.as_deref() {
        Some("READY") => (bot.log)("connected"),
        Some("RESUMED") => (bot.log)("connected again"),
        Some("INTERACTION_CREATE") => {
            let Some(Ok(asked)) = dispatch.d.map(serde_json::from_value::<Interaction>) else {
                return (bot.log)("an interaction was not understood");
            };
            let bot = Arc::clone(bot);
            tokio::task::spawn_blocking(move || bot.answer(&asked));
        }
        _ => {}
    }
}
