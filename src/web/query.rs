//! The query of an address: names and values, percent-decoded.

use percent_encoding::percent_decode_str;

use crate::text::{near, visible};

/// Names longer than this are cut in an answer, characters.
const LONGEST: usize = 40;

/// Checks that a query has no names but these: another one would have no effect without a word.
///
/// # Errors
/// A sentence about the first that is not among them.
pub(super) fn check(query: &str, names: &[&str]) -> Result<(), String> {
    let mut given = query.split('&').map(|pair| pair.split('=').next().unwrap_or_default());
    let Some(other) = given.find(|name| !name.is_empty() && !names.contains(name)) else { return Ok(()) };
    let shown: String = visible(other).chars().take(LONGEST).collect();
    let meant = near(&shown, names.iter().copied());
    let known = if meant.is_empty() { names.to_vec() } else { meant };
    let known: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
    Err(format!("the query has a name `{shown}` that means nothing here; known: {}", known.join(", ")))
}

/// The value of a name, decoded; `None` when it is not there, twice there, or no UTF-8.
pub(super) fn value(query: &str, name: &str) -> Option<String> {
    let mut found = query.split('&').filter_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        (key == name).then_some(value)
    });
    let value = found.next().filter(|_| found.next().is_none())?;
    decoded(&value.replace('+', " "))
}

/// A part of an address, decoded.
pub(super) fn decoded(text: &str) -> Option<String> {
    percent_decode_str(text).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_means_nothing_is_told() {
        let names = ["request", "download"];
        for right in ["", "request=1", "download=1&request=", "download", "&"] {
            assert_eq!(check(right, &names), Ok(()), "{right}");
        }
        let reason = |query: &str| check(query, &names).unwrap_err();
        assert!(
            reason("request=1&downlod=1").ends_with("`downlod` that means nothing here; known: `download`")
        );
        assert!(reason("size=1").ends_with("known: `request`, `download`"));
        assert!(reason(&"x".repeat(9999)).len() < 200);
    }

    #[test]
    fn values_are_decoded_and_doubtful_ones_are_none() {
        assert_eq!(value("a=1&request=%7B%22x%22%3A+1%7D", "request").as_deref(), Some("{\"x\": 1}"));
        assert_eq!(value("a=%2B", "a").as_deref(), Some("+"));
        assert_eq!(value("a=1&a=2", "a"), None);
        assert_eq!(value("a=%FF", "a"), None);
        assert_eq!(value("", "a"), None);
    }
}
