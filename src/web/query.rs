//! The query of an address: names and values, percent-decoded.

use percent_encoding::percent_decode_str;

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
    fn values_are_decoded_and_doubtful_ones_are_none() {
        assert_eq!(value("a=1&request=%7B%22x%22%3A+1%7D", "request").as_deref(), Some("{\"x\": 1}"));
        assert_eq!(value("a=%2B", "a").as_deref(), Some("+"));
        assert_eq!(value("a=1&a=2", "a"), None);
        assert_eq!(value("a=%FF", "a"), None);
        assert_eq!(value("", "a"), None);
    }
}
