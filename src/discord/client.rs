//! Requests to Discord, one at a time, and what their answers mean for a message.

use std::io::Read as _;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use ureq::http::Response;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::typestate::WithBody;
use ureq::{Agent, Body, Error, RequestBuilder};

use super::address::Address;
#[cfg(feature = "discord")]
use super::address::Secret;
use super::message::Message;

/// More of an answer is not read, bytes.
const LONGEST_ANSWER: u64 = 1 << 20;
/// More of Discord's own words is not shown, characters.
const LONGEST_REASON: usize = 200;
/// Longest wait that an answer may ask for.
const LONGEST_WAIT: Duration = Duration::from_hours(1);
/// Code of an answer: the message is not there any more.
const UNKNOWN_MESSAGE: u64 = 10_008;

/// How sending a message ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// It arrived, as the message of this number.
    Done(Option<String>),
    /// It did not arrive; it may be tried again, after a time if one is said.
    Later(Option<Duration>, String),
    /// Whether it arrived is not known.
    Lost(String),
    /// The address does not take messages of this sender.
    Refused(String),
    /// The message to be changed is not there any more.
    Gone,
    /// Discord does not take this message.
    NotTaken(String),
}

impl Answer {
    /// What this says of a thing that was asked for: only where Discord refuses is it as `refused` says. Without an answer
    /// nothing is known of it.
    pub(super) fn about(&self, thing: &str, refused: &str) -> String {
        let reason = self.reason();
        match self {
            Self::Refused(_) | Self::Gone => format!("{refused}: {reason}"),
            Self::Later(..) | Self::Lost(_) => format!("{thing} cannot be reached: {reason}"),
            Self::Done(_) | Self::NotTaken(_) => format!("{thing} cannot be looked at: {reason}"),
        }
    }

    /// Why it did not go well.
    pub(super) fn reason(&self) -> String {
        match self {
            Self::Done(_) => "it went well".to_owned(),
            Self::Gone => "it is not there any more".to_owned(),
            Self::Later(_, reason) | Self::Lost(reason) | Self::Refused(reason) | Self::NotTaken(reason) => {
                reason.clone()
            }
        }
    }
}

/// How JSON is sent.
#[cfg(feature = "discord")]
#[derive(Debug, Clone, Copy)]
pub(super) enum Method {
    Post,
    Put,
}

/// A client of Discord.
#[derive(Debug)]
pub(super) struct Client {
    agent: Agent,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Said {
    id: Option<String>,
    code: u64,
    message: String,
    retry_after: Option<f64>,
}

impl Client {
    /// A client whose requests end after `timeout`.
    pub(super) fn new(timeout: Duration) -> Self {
        let roots = rustls_native_certs::load_native_certs().certs;
        let roots: Vec<Certificate<'static>> =
            roots.iter().map(|root| Certificate::from_der(root).to_owned()).collect();
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::new_with_certs(&roots))
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .build();
        let agent = Agent::config_builder()
            .tls_config(tls)
            .http_status_as_error(false)
            // An address that leads elsewhere would carry its secret there.
            .max_redirects(0)
            .timeout_global(Some(timeout))
            .user_agent(concat!("DiscordBot (proximity, ", env!("CARGO_PKG_VERSION"), ")"))
            .build()
            .into();
        Self { agent }
    }

    /// Sends a message. Of several with the same nonce only the first appears, where the address knows nonces.
    pub(super) fn post(&self, address: &Address, message: &Message, nonce: &str) -> Answer {
        let nonce = address.knows_nonces().then_some(nonce);
        send(self.agent.post(address.new_message()), address, message, nonce)
    }

    /// Puts a message in the place of a bot's promise of an answer.
    #[cfg(feature = "discord")]
    pub(super) fn edit_answer(&self, url: &str, message: &Message) -> Answer {
        let (kind, form) = message.form(None);
        ended(self.agent.patch(url).header("Content-Type", kind).send(&form[..])).0
    }

    /// Sends JSON.
    #[cfg(feature = "discord")]
    pub(super) fn call(&self, method: Method, url: &str, token: Option<&Secret>, body: &Value) -> Answer {
        let mut request = match method {
            Method::Post => self.agent.post(url),
            Method::Put => self.agent.put(url),
        };
        if let Some(token) = token {
            request = request.header("Authorization", format!("Bot {}", token.reveal()));
        }
        ended(request.header("Content-Type", "application/json").send(body.to_string())).0
    }

    /// Removes a message of a bot's.
    #[cfg(feature = "discord")]
    pub(super) fn delete(&self, url: &str, token: &Secret) -> Answer {
        ended(self.agent.delete(url).header("Authorization", format!("Bot {}", token.reveal())).call()).0
    }

    /// Asks for JSON.
    #[cfg(feature = "discord")]
    pub(super) fn fetch(&self, url: &str, token: &Secret) -> Result<Value, Answer> {
        let request = self.agent.get(url).header("Authorization", format!("Bot {}", token.reveal()));
        fetched(request.call())
    }

    /// What Discord tells of the place where messages go.
    pub(super) fn look(&self, address: &Address) -> Result<Value, Answer> {
        let mut request = self.agent.get(address.place());
        if let Some(authorization) = address.authorization() {
            request = request.header("Authorization", authorization);
        }
        fetched(request.call())
    }

    /// Puts a message in the place of one that was sent.
    pub(super) fn edit(&self, address: &Address, id: &str, message: &Message) -> Answer {
        send(self.agent.patch(address.message(id)), address, message, None)
    }
}

fn send(
    mut request: RequestBuilder<WithBody>,
    address: &Address,
    message: &Message,
    nonce: Option<&str>,
) -> Answer {
    let (kind, form) = message.form(nonce);
    if let Some(authorization) = address.authorization() {
        request = request.header("Authorization", authorization);
    }
    ended(request.header("Content-Type", kind).send(&form[..])).0
}

/// The JSON of an answer.
fn fetched(sent: Result<Response<Body>, Error>) -> Result<Value, Answer> {
    match ended(sent) {
        (Answer::Done(_), text) => serde_json::from_slice(&text)
            .map_err(|_| Answer::NotTaken("Discord's answer is no JSON".to_owned())),
        (other, _) => Err(other),
    }
}

/// How a request ended, and the text of its answer.
fn ended(sent: Result<Response<Body>, Error>) -> (Answer, Vec<u8>) {
    match sent {
        Ok(answer) => {
            let status = answer.status().as_u16();
            let mut text = Vec::new();
            // The status says enough when the rest is cut off.
            let _ = answer.into_body().into_reader().take(LONGEST_ANSWER).read_to_end(&mut text);
            (meaning(status, serde_json::from_slice(&text).unwrap_or_default()), text)
        }
        Err(error) => (failure(&error), Vec::new()),
    }
}

/// What an answer means.
fn meaning(status: u16, body: Said) -> Answer {
    let words: String = body.message.chars().filter(|c| !c.is_control()).take(LONGEST_REASON).collect();
    let reason = match (words.is_empty(), body.code) {
        (true, _) => format!("Discord answered {status}"),
        (false, 0) => format!("Discord answered {status}: {words}"),
        (false, code) => format!("Discord answered {status}: {words} (code {code})"),
    };
    match status {
        200..=299 => Answer::Done(body.id),
        429 => {
            let seconds = body.retry_after.filter(|seconds| seconds.is_finite() && *seconds >= 0.0);
            let wait = Duration::from_secs_f64(seconds.unwrap_or(5.0).min(LONGEST_WAIT.as_secs_f64()));
            Answer::Later(Some(wait), reason)
        }
        404 if body.code == UNKNOWN_MESSAGE => Answer::Gone,
        401 | 403 | 404 => Answer::Refused(reason),
        500..=599 => Answer::Later(None, reason),
        _ => Answer::NotTaken(reason),
    }
}

/// What a request without an answer means. The library's own words may hold the address, so they are not used.
fn failure(error: &Error) -> Answer {
    let before_it_was_sent = match error {
        Error::HostNotFound => Some("the name discord.com is not known to this machine"),
        Error::ConnectionFailed => Some("the connection failed"),
        Error::Io(cause) if cause.kind() == std::io::ErrorKind::ConnectionRefused => {
            Some("the connection was refused")
        }
        Error::Timeout(ureq::Timeout::Resolve | ureq::Timeout::Connect) => {
            Some("no connection came about in time")
        }
        Error::Tls(_) | Error::Rustls(_) => Some("the connection could not be secured"),
        _ => None,
    };
    match (before_it_was_sent, error) {
        (Some(reason), _) => Answer::Later(None, reason.to_owned()),
        (None, Error::Timeout(_)) => Answer::Lost("Discord did not answer in time".to_owned()),
        (None, _) => Answer::Lost("the connection broke off before Discord answered".to_owned()),
    }
}
