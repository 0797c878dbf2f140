//! Answers as they go over the wire.

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderName, HeaderValue,
    LOCATION, REFERRER_POLICY, RETRY_AFTER, SET_COOKIE, X_CONTENT_TYPE_OPTIONS,
};
use hyper::{Response, StatusCode};
use serde_json::json;

use crate::service::Refusal;

/// An answer.
pub(super) type Reply = Response<Full<Bytes>>;

/// What our own pages may do: run and show what this site serves, and nothing else.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// What a report's page may do is said in the page itself.
const REPORT_POLICY: &str = "frame-ancestors 'none'; base-uri 'none'";
/// Seconds after which asking again makes sense.
const AGAIN_AFTER: &str = "3";

/// An answer of a kind, with the headers that all have.
fn reply(status: StatusCode, kind: &'static str, body: impl Into<Bytes>) -> Reply {
    let mut reply = Response::new(Full::new(body.into()));
    *reply.status_mut() = status;
    let headers = reply.headers_mut();
    for (name, value) in [
        (CONTENT_TYPE, kind),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, "no-cache"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    reply
}

fn with(mut reply: Reply, name: HeaderName, value: &str) -> Reply {
    // Values are our own words and hexadecimal digits; one that is none is left out.
    if let Ok(value) = HeaderValue::from_str(value) {
        reply.headers_mut().insert(name, value);
    }
    reply
}

/// A text that is part of the program.
pub(super) fn text(kind: &'static str, body: impl Into<Bytes>) -> Reply {
    reply(StatusCode::OK, kind, body)
}

/// A page that is shown in place of what was asked for.
pub(super) fn page(status: StatusCode, body: impl Into<Bytes>) -> Reply {
    reply(status, "text/html; charset=utf-8", body)
}

/// A value as JSON.
pub(super) fn as_json(value: &serde_json::Value) -> Reply {
    reply(StatusCode::OK, "application/json", value.to_string())
}

/// A sentence about what is wrong.
pub(super) fn error(status: StatusCode, sentence: &str) -> Reply {
    reply(status, "application/json", json!({ "error": sentence }).to_string())
}

/// Nothing is known of the rounds yet.
pub(super) fn reading() -> Reply {
    let sentence = "the rounds are still being read; try again in a few seconds";
    with(error(StatusCode::SERVICE_UNAVAILABLE, sentence), RETRY_AFTER, AGAIN_AFTER)
}

/// A picture; not sent again to those who have it.
pub(super) fn picture(bytes: Bytes, key: &str, known: Option<&str>, download: bool) -> Reply {
    let tag = format!("\"{key}\"");
    let made = if known == Some(&*tag) {
        reply(StatusCode::NOT_MODIFIED, "image/png", Bytes::new())
    } else {
        reply(StatusCode::OK, "image/png", bytes)
    };
    let made = with(made, ETAG, &tag);
    if download { attached(made, "proximity.png") } else { made }
}

/// The same as a file to keep.
pub(super) fn attached(made: Reply, name: &str) -> Reply {
    with(made, CONTENT_DISPOSITION, &format!("attachment; filename=\"{name}\""))
}

/// A file of a report.
pub(super) fn file(kind: &'static str, bytes: Vec<u8>) -> Reply {
    with(reply(StatusCode::OK, kind, bytes), CONTENT_SECURITY_POLICY, REPORT_POLICY)
}

/// On to another page.
pub(super) fn see_other(place: &'static str) -> Reply {
    with(reply(StatusCode::SEE_OTHER, "text/plain", Bytes::new()), LOCATION, place)
}

/// The same, with a cookie.
pub(super) fn with_cookie(made: Reply, cookie: &str) -> Reply {
    with(made, SET_COOKIE, cookie)
}

/// Why there is no picture. What lies behind the site is none of the client's business; the log tells it.
pub(super) fn refused(refusal: &Refusal, log: &dyn Fn(&str)) -> Reply {
    let sentence = crate::text::with_causes(refusal);
    let status = match refusal {
        Refusal::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
        Refusal::Busy => StatusCode::SERVICE_UNAVAILABLE,
        Refusal::TooSlow(_) => StatusCode::GATEWAY_TIMEOUT,
        found if found.is_nothing_found() => StatusCode::NOT_FOUND,
        asked if asked.is_askers_fault() => StatusCode::BAD_REQUEST,
        _ => {
            log(&sentence);
            return error(StatusCode::INTERNAL_SERVER_ERROR, "the picture cannot be drawn at the moment");
        }
    };
    let made = error(status, &sentence);
    if refusal.is_passing() { with(made, RETRY_AFTER, AGAIN_AFTER) } else { made }
}
