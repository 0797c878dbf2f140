//! Connections: how many, how long, and how large a head may be.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;

use super::Site;
use super::route::route;

/// What clients may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Connections at once. Default: 256.
    pub connections: usize,
    /// Connections of one client at once. Default: 64.
    pub per_client: usize,
    /// Longest wait for a request's head, also between two requests. Default: 10 s.
    pub head: Duration,
    /// Longest life of a connection, which a client that does not read its answer cannot exceed. Default: 2 min.
    pub life: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connections: 256, per_client: 64, head: Duration::from_secs(10), life: Duration::from_mins(2) }
    }
}

/// The largest head of a request, bytes; a request as JSON has some hundred.
const LARGEST_HEAD: usize = 32 * 1024;
/// How often it is seen whether the end is wanted.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// What is said to those who have too many connections.
const TOO_MANY: &[u8] =
    b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// Serves a site until `stop` is set.
///
/// # Errors
/// A listener that cannot be used. A single connection that fails costs itself alone.
pub fn serve(site: &Arc<Site>, listener: TcpListener, limits: Limits, stop: &AtomicBool) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        // Each connection has one request at a time, so no more threads than connections are ever asked for.
        .max_blocking_threads(limits.connections)
        .build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let open = Arc::new(Open::default());
        while !stop.load(Ordering::Relaxed) {
            match tokio::time::timeout(LOOK_EVERY, listener.accept()).await {
                Err(_) => {}
                Ok(Ok((stream, from))) => match open.enter(from, limits) {
                    Some(entered) => {
                        tokio::spawn(talk(Arc::clone(site), stream, entered, limits));
                    }
                    None => {
                        // A client that does not take even this is dropped without it.
                        let _ = stream.try_write(TOO_MANY);
                    }
                },
                // Out of file descriptors, or a client that was gone before it was greeted.
                Ok(Err(_)) => tokio::time::sleep(LOOK_EVERY).await,
            }
        }
        Ok::<_, io::Error>(())
    })?;
    // Drawings that are on their way have no reader any more.
    runtime.shutdown_background();
    Ok(())
}

async fn talk(site: Arc<Site>, stream: TcpStream, entered: Entered, limits: Limits) {
    let client = entered.client.to_string();
    let answer = service_fn(move |request| {
        let (site, client) = (Arc::clone(&site), client.clone());
        async move { Ok::<_, std::convert::Infallible>(route(&site, &client, request).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_buf_size(LARGEST_HEAD)
        .serve_connection(TokioIo::new(stream), answer);
    // A client that went away, was too slow or spoke nonsense has had its answer, or wants none.
    let _ = tokio::time::timeout(limits.life, connection).await;
    drop(entered);
}

/// The connections that are open, by client.
#[derive(Debug, Default)]
struct Open {
    by_client: Mutex<BTreeMap<IpAddr, usize>>,
}

/// One of them; dropped, it counts no longer.
struct Entered {
    open: Arc<Open>,
    client: IpAddr,
}

impl Open {
    fn enter(self: &Arc<Self>, from: SocketAddr, limits: Limits) -> Option<Entered> {
        let client = client_of(from.ip());
        let mut open = self.by_client.lock().unwrap_or_else(PoisonError::into_inner);
        let own = open.get(&client).copied().unwrap_or_default();
        if own >= limits.per_client || open.values().sum::<usize>() >= limits.connections {
            return None;
        }
        open.insert(client, own + 1);
        Some(Entered { open: Arc::clone(self), client })
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        let mut open = self.open.by_client.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = open.get_mut(&self.client) {
            *own -= 1;
            if *own == 0 {
                open.remove(&self.client);
            }
        }
    }
}

/// The client that an address belongs to. A single household has 2⁶⁴ addresses of IPv6.
fn client_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(long) => {
            let [a, b, c, d, ..] = long.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
        IpAddr::V4(short) => short.into(),
    }
}
