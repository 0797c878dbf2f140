//! What is wrong with JSON that is no request, in the words of whoever wrote it: the reader's own words are those of the program's
//! source.

use serde_json::{Error, Value};

use crate::text::visible;

/// What was found instead is cut here, characters.
const LONGEST: usize = 60;
/// A request is read once more for each of its names, so the place is not looked for in one that is longer than any of ours,
/// bytes, or among more names than any of ours has.
const MOST_SEARCHED: usize = 16 * 1024;
const MOST_NAMES: usize = 48;

/// A sentence about a request that its reader refused with `error`; `reads` tells whether it reads another one.
pub(in crate::figure::request) fn sentence(
    request: &Value,
    error: &Error,
    reads: impl Fn(Value) -> bool,
) -> String {
    let what = in_words(&error.to_string());
    match place(request, reads) {
        Some(place) => format!("`{place}`: {what}"),
        None => what,
    }
}

/// That a value is no object of names and values.
pub(in crate::figure::request) fn no_object(value: &Value) -> String {
    let found = match value {
        Value::Array(_) => "a list".to_owned(),
        other => shown(&format!("`{other}`")),
    };
    format!("expected an object of names and values, found {found}")
}

/// The first name without which a request can be read, and the one within.
fn place(request: &Value, reads: impl Fn(Value) -> bool) -> Option<String> {
    if request.to_string().len() > MOST_SEARCHED {
        return None;
    }
    let without = |path: &[&str]| {
        let (last, way) = path.split_last()?;
        let mut rest = request.clone();
        let parent = way.iter().try_fold(&mut rest, |value, name| value.get_mut(*name))?;
        parent.as_object_mut()?.remove(*last)?;
        reads(rest).then_some(())
    };
    let names = |value: &Value| -> Vec<String> {
        value.as_object().into_iter().flat_map(|object| object.keys().take(MOST_NAMES).cloned()).collect()
    };
    let outer = names(request).into_iter().find(|name| without(&[name]).is_some())?;
    let inner = request.get(&outer).map(names).unwrap_or_default();
    let inner = inner.into_iter().find(|name| without(&[&outer, name]).is_some());
    Some(shown(&inner.map_or(outer.clone(), |inner| format!("{outer}.{inner}"))))
}

/// The reader's message without the words of a program's source.
fn in_words(message: &str) -> String {
    let Some((found, expected)) = message.rsplit_once(", expected ") else { return visible(message) };
    if let Some(word) = found.strip_prefix("unknown variant ") {
        return format!("unknown word {}, expected {expected}", shown(word));
    }
    let expected = match expected {
        "u8" => "a whole number from 0 to 255",
        "u16" => "a whole number from 0 to 65535",
        "u32" => "a whole number from 0 to 4294967295",
        "u64" | "usize" => "a whole number that is not negative",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "unit" => "no more than its name",
        "map with a single key" => "an object of one name",
        "f32" | "f64" => "a number",
        "a sequence" => "a list",
        "a string" | "string or map" => "a text",
        "a boolean" => "true or false",
        "a map" => "an object of names and values",
        other if other.starts_with("struct ") => "an object of names and values",
        other => other,
    };
    let found = found
        .strip_prefix("invalid type: ")
        .or_else(|| found.strip_prefix("invalid value: "))
        .unwrap_or(found);
    let found = match found {
        "sequence" => "a list",
        "map" => "an object",
        "null" => "`null`",
        other if other.starts_with("invalid length") => "a list",
        other => ["integer ", "floating point ", "boolean ", "string "]
            .iter()
            .find_map(|kind| other.strip_prefix(kind))
            .unwrap_or(other),
    };
    format!("expected {expected}, found {}", shown(found))
}

fn shown(text: &str) -> String {
    let mut shown: String = visible(text).chars().take(LONGEST).collect();
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value};

    use crate::figure::request::Request;

    /// Words of the program's source.
    const SOURCE: [&str; 11] =
        ["struct", "enum", "variant", "u32", "usize", "f64", "sequence", "map,", "string", "boolean", "Head"];

    fn reason(json: &str) -> String {
        crate::text::with_causes(&Request::from_json(json).unwrap_err())
    }

    #[test]
    fn a_value_of_another_kind_is_told_with_its_place() {
        for (part, told) in [
            (r#""filter":{"round":"two"}"#, "`filter.round`: expected a whole number"),
            (r#""filter":{"player":5}"#, "`filter.player`: expected a list, found `5`"),
            (r#""filter":7"#, "`filter`: expected an object of names and values, found `7`"),
            (r#""options":null"#, "`options`: expected an object of names and values, found `null`"),
            (r#""options":{"by":5}"#, "`options.by`: expected a text, found `5`"),
            (r#""options":{"elevation":1.5}"#, "`options.elevation`: expected true or false, found `1.5`"),
            (r#""options":{"sigma_units":true}"#, "`options.sigma_units`: expected a number, found `true`"),
            (r#""options":{"by":"mood"}"#, "`options.by`: "),
            (r#""layout":{"size_px":-1}"#, "`layout.size_px`: expected a whole number"),
            (r#""floor":[]"#, "`floor`: expected a whole number that is not negative, found a list"),
            (
                r#""layout":{"size_px":4294967296}"#,
                "`layout.size_px`: expected a whole number from 0 to 4294967295",
            ),
            (r#""base":{"a":1,"b":2}"#, "`base`: expected an object of one name, found an object"),
            (r#""options":{"floors":{"never":[]}}"#, "`options.floors`: "),
        ] {
            let said = reason(&format!(r#"{{"version":1,"figure":"heatmap",{part}}}"#));
            assert!(said.starts_with(&format!("this is no request: {told}")), "{part}: {said}");
        }
    }

    #[test]
    fn nothing_is_told_in_the_words_of_the_source() {
        let parts = ["filter", "options", "layout", "imprint", "base", "crop", "floor"];
        let names = [
            "filter.session",
            "filter.team",
            "filter.life_window",
            "filter.bots",
            "options.by",
            "options.mode",
            "options.scale",
            "options.floors",
            "options.holds",
            "layout.legend",
            "imprint.mark",
        ];
        for wrong in ["5", "-1", "1.5", r#""x""#, "true", "[]", "[1]", r#"{"x":1}"#] {
            for whole in [wrong.to_owned(), format!(r#"{{"version":{wrong},"figure":"heatmap"}}"#)] {
                let said = Request::from_json(&whole).map_err(|error| crate::text::with_causes(&error));
                let said = said.unwrap_err();
                assert!(!SOURCE.iter().any(|word| said.contains(word)), "{whole}: {said}");
            }
            let within = names.iter().map(|name| {
                let (part, name) = name.split_once('.').unwrap();
                format!(r#""{part}":{{"{name}":{wrong}}}"#)
            });
            for part in parts.iter().map(|part| format!(r#""{part}":{wrong}"#)).chain(within) {
                for figure in ["heatmap", "paths", "exits", "kills", "arrival", "life", "versus", "replay"] {
                    let json = format!(r#"{{"version":1,"figure":"{figure}",{part}}}"#);
                    if let Err(error) = Request::from_json(&json) {
                        let said = crate::text::with_causes(&error);
                        assert!(!SOURCE.iter().any(|word| said.contains(word)), "{json}: {said}");
                    }
                }
            }
        }
        for part in [r#""filter":"#, r#""options":{"by":"#] {
            let end = if part.contains('{') { "}}" } else { "}" };
            let long =
                format!(r#"{{"version":1,"figure":"heatmap",{part}"{}"{end}"#, "x\u{202e}".repeat(3_000));
            let said = reason(&long);
            assert!(said.len() < 400 && !said.contains('\u{202e}'), "{said}");
        }
    }

    #[test]
    fn the_place_is_not_looked_for_among_names_without_end() {
        let error = serde_json::from_str::<u8>("{}").unwrap_err();
        let reads = std::cell::Cell::new(0);
        for names in [500, 4_000] {
            let crop: Map<String, Value> = (0..names).map(|name| (name.to_string(), 1.into())).collect();
            let found = super::sentence(&serde_json::json!({ "crop": crop }), &error, |rest| {
                reads.set(reads.get() + 1);
                rest.get("crop").is_none()
            });
            assert_eq!(found.starts_with("`crop`: "), names == 500, "{found}");
        }
        assert!(reads.get() <= 1 + super::MOST_NAMES, "{reads:?}");
    }
}
