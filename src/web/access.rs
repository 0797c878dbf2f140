//! Who may ask: with a token whoever knows it, without one only programs of the same machine.

use std::net::{IpAddr, SocketAddr};

use hyper::HeaderMap;
use hyper::header::{AUTHORIZATION, COOKIE, HOST};
use sha2::{Digest, Sha256};

use crate::text::hex;

/// Shorter tokens can be guessed, characters.
const SHORTEST_TOKEN: usize = 16;
/// The cookie that stands for the token in a browser.
const COOKIE_NAME: &str = "proximity";

/// Who may ask.
#[derive(Debug, Clone)]
pub struct Access {
    /// The hash of the token, if one is needed.
    token: Option<[u8; 32]>,
}

/// Why a site cannot be opened to those who could reach it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AccessError {
    /// Reachable from other machines without a token.
    #[error(
        "{0} can be reached from other machines, so a token is needed: set PROXIMITY_TOKEN, or listen on 127.0.0.1"
    )]
    TokenNeeded(SocketAddr),
    /// A token that can be guessed.
    #[error(
        "the token in PROXIMITY_TOKEN is shorter than {SHORTEST_TOKEN} characters; `openssl rand -hex 24` makes a good one"
    )]
    TokenTooShort,
}

impl Access {
    /// Who may ask a site that listens here.
    ///
    /// # Errors
    /// A token that is missing or too short.
    pub fn new(listen: SocketAddr, token: Option<&str>) -> Result<Self, AccessError> {
        match token {
            Some(token) if token.chars().count() < SHORTEST_TOKEN => Err(AccessError::TokenTooShort),
            Some(token) => Ok(Self { token: Some(digest(token)) }),
            None if listen.ip().is_loopback() => Ok(Self { token: None }),
            None => Err(AccessError::TokenNeeded(listen)),
        }
    }

    /// Whether a request may be answered.
    pub(super) fn admits(&self, headers: &HeaderMap) -> bool {
        let Some(token) = &self.token else { return is_own_name(headers) };
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let bearer = text(AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
        if bearer.is_some_and(|given| same(&digest(given), token)) {
            return true;
        }
        let wanted = Sha256::digest(cookie_of(token)).into();
        let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut given = cookies
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().strip_prefix(COOKIE_NAME)?.strip_prefix('='));
        given.any(|value| same(&Sha256::digest(value).into(), &wanted))
    }

    /// Whether a token is needed at all.
    pub(super) fn needs_token(&self) -> bool {
        self.token.is_some()
    }

    /// The cookie for a browser whose user gave the token; `None` when it is another one.
    pub(super) fn cookie(&self, given: &str) -> Option<String> {
        let token = self.token.as_ref().filter(|token| same(&digest(given.trim()), token))?;
        let value = cookie_of(token);
        Some(format!("{COOKIE_NAME}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=31536000"))
    }
}

/// A page of another site can make a browser ask this machine under a name of its own; such a request is not answered.
fn is_own_name(headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(HOST).and_then(|value| value.to_str().ok()) else { return false };
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

/// The cookie's value tells nothing of the token.
fn cookie_of(token: &[u8; 32]) -> String {
    let mut hash = Sha256::new();
    hash.update("cookie of ");
    hash.update(token);
    hex(&hash.finalize())
}

/// Compared in the same time wherever they differ.
fn same(a: &[u8; 32], b: &[u8; 32]) -> bool {
    a.iter().zip(b).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: hyper::header::HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, value.parse().unwrap())])
    }

    #[test]
    fn other_machines_need_a_token_and_it_must_be_a_long_one() {
        let (own, all) = ("127.0.0.1:8080".parse().unwrap(), "0.0.0.0:8080".parse().unwrap());
        assert!(Access::new(own, None).is_ok());
        assert!(matches!(Access::new(all, None), Err(AccessError::TokenNeeded(_))));
        assert!(matches!(Access::new(all, Some("short")), Err(AccessError::TokenTooShort)));
        assert!(matches!(Access::new(own, Some("")), Err(AccessError::TokenTooShort)));
    }

    #[test]
    fn a_token_opens_by_header_or_cookie_and_nothing_else_does() {
        let token = "0123456789abcdef";
        let access = Access::new("0.0.0.0:1".parse().unwrap(), Some(token)).unwrap();
        assert!(access.admits(&headers(AUTHORIZATION, &format!("Bearer {token}"))));
        assert!(!access.admits(&headers(AUTHORIZATION, "Bearer 0123456789abcdeg")));
        assert!(!access.admits(&HeaderMap::new()));
        assert!(!access.admits(&headers(HOST, "localhost")));
        assert_eq!(access.cookie("0123456789abcdeg"), None);
        let cookie = access.cookie(token).unwrap();
        assert!(!cookie.contains(token));
        let pair = cookie.split(';').next().unwrap();
        assert!(access.admits(&headers(COOKIE, &format!("other=1; {pair}"))));
        assert!(!access.admits(&headers(COOKIE, &format!("{COOKIE_NAME}={token}"))));
    }

    #[test]
    fn a_name_that_leads_here_from_elsewhere_is_not_answered() {
        let access = Access::new("127.0.0.1:1".parse().unwrap(), None).unwrap();
        for name in ["localhost:8080", "127.0.0.1", "[::1]:8080", "LOCALHOST"] {
            assert!(access.admits(&headers(HOST, name)), "{name}");
        }
        for name in ["example.com", "127.0.0.1.example.com", "", "[::2]:80", "192.168.0.1"] {
            assert!(!access.admits(&headers(HOST, name)), "{name}");
        }
    }
}
