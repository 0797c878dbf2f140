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
    // A name that is no text is shown as it was written.
    let mut given = query.split('&').map(|pair| {
        let name = pair.split('=').next().unwrap_or_default();
        text_of(name).unwrap_or_else(|| name.to_owned())
    });
    let Some(other) = given.find(|name| !name.is_empty() && !names.contains(&name.as_str())) else {
        return Ok(());
    };
    let shown: String = visible(&other).chars().take(LONGEST).collect();
    let meant = near(&shown, names.iter().copied());
    let known = if meant.is_empty() { names.to_vec() } else { meant };
    let known: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
    Err(format!("the query has a name `{shown}` that means nothing here; known: {}", known.join(", ")))
}

/// The value of a name, both decoded; `None` when it is not there, twice there, or no UTF-8.
pub(super) fn value(query: &str, name: &str) -> Option<String> {
    let mut found = query.split('&').filter_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        (text_of(key)? == name).then_some(value)
    });
    let value = found.next().filter(|_| found.next().is_none())?;
    text_of(value)
}

/// A name or a value of a query, decoded.
fn text_of(part: &str) -> Option<String> {
    decoded(&part.replace('+', " "))
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
        for right in
            ["", "request=1", "%72equest=1", "req%75est=1&downl%6Fad", "download=1&request=", "download", "&"]
        {
            assert_eq!(check(right, &names), Ok(()), "{right}");
        }
        let reason = |query: &str| check(query, &names).unwrap_err();
        assert!(
            reason("request=1&downlod=1").ends_with("`downlod` that means nothing here; known: `download`")
        );
        assert!(reason("%73ize=1").contains("`size` that means nothing"));
        assert!(reason("%FF=1").contains("`%FF` that means nothing"));
        assert!(reason("size=1").ends_with("known: `request`, `download`"));
        assert!(reason(&"x".repeat(9999)).len() < 200);
    }

    #[test]
    fn values_are_decoded_and_doubtful_ones_are_none() {
        assert_eq!(value("a=1&request=%7B%22x%22%3A+1%7D", "request").as_deref(), Some("{\"x\": 1}"));
        assert_eq!(value("a=%2B", "a").as_deref(), Some("+"));
        assert_eq!(value("a=1&a=2", "a"), None);
        assert_eq!(value("%61=1", "a").as_deref(), Some("1"));
        assert_eq!(value("a=1&%61=2", "a"), None, "twice there");
        assert_eq!(value("a=%FF", "a"), None);
        assert_eq!(value("", "a"), None);
    }
}
