//! What is wrong with JSON that is no request, in the words of whoever wrote it: the reader's own words are those of the program's
//! source.

use serde_json::{Error, Value, json};

use crate::figure::request::VERSION;
use crate::text::visible;

/// What was found instead is cut here, characters.
const LONGEST: usize = 60;
/// A request is read once more for each of its names, so the place is not looked for in values that are longer than any of ours but
/// pictures, bytes, among more names than any of ours has, or deeper within.
const MOST_SEARCHED: usize = 16 * 1024;
const MOST_NAMES: usize = 48;
const MOST_DEEP: usize = 4;

/// A sentence about a request that its reader refused with `error`; `read` reads another one.
pub(in crate::figure::request) fn sentence(
    request: &Value,
    error: &Error,
    read: impl Fn(Value) -> Result<(), Error>,
) -> String {
    match fault(request, read) {
        Some((place, error)) => format!("`{place}`: {}", in_words(&error.to_string())),
        None => in_words(&error.to_string()),
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

/// The first name whose value no request can have, and the names within, with what is wrong there. Each is read alone in a request
/// that is well otherwise: so one that must not be missing is found, too, and a second fault hides none.
fn fault(request: &Value, read: impl Fn(Value) -> Result<(), Error>) -> Option<(String, Error)> {
    let parts = |value: &Value| -> Vec<(String, Value)> {
        let object = value.as_object().into_iter().flatten().take(MOST_NAMES);
        let short = object.filter(|(_, value)| value.to_string().len() <= MOST_SEARCHED);
        short.map(|(name, value)| (name.clone(), value.clone())).collect()
    };
    let wrong = |way: &[String], value: Value| {
        let (outer, within) = way.split_first()?;
        let value = within.iter().rev().fold(value, |value, name| json!({ name: value }));
        // Options mean something to their own figure alone.
        let figure = if outer == "options" { request.get("figure") } else { None };
        let mut whole = well(figure.and_then(Value::as_str).unwrap_or("heatmap"));
        match (outer.as_str(), whole.get_mut(outer).and_then(Value::as_object_mut), value) {
            ("options", Some(options), Value::Object(given)) => options.extend(given),
            ("figure", _, Value::String(figure)) => whole = well(&figure),
            (_, _, value) => whole[outer] = value,
        }
        read(whole).err()
    };
    let (mut way, mut value, mut found) = (Vec::new(), request.clone(), None);
    // Where no object of names would do, none of its names is at fault.
    while way.is_empty() || (way.len() < MOST_DEEP && wrong(&way, json!({})).is_none()) {
        let next = parts(&value).into_iter().find_map(|(name, value)| {
            let way = [&way[..], &[name]].concat();
            Some((wrong(&way, value.clone())?, way, value))
        });
        let Some((error, deeper, inner)) = next else { break };
        (way, value, found) = (deeper, inner, Some(error));
    }
    Some((shown(&way.join(".")), found?))
}

/// A request for a figure that can be read, if there is such a figure.
fn well(figure: &str) -> Value {
    // The one option that cannot be left out.
    let options = if figure == "versus" { json!({ "against": {} }) } else { json!({}) };
    json!({ "version": VERSION, "figure": figure, "options": options })
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
        "newtype variant" => "an object of this name and its value",
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
        "unit variant" => "the name alone",
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
    fn names_that_must_not_be_missing_and_second_faults_are_told_with_their_place() {
        for (json, told) in [
            (r#"{"version":"1","figure":"heatmap"}"#, "`version`: expected a whole number"),
            (r#"{"version":1,"figure":5}"#, "`figure`: "),
            (r#"{"version":1,"figure":"heat"}"#, "`figure`: unknown word `heat`, expected "),
            (r#"{"version":1,"figure":"versus","options":{"against":5}}"#, "`options.against`: "),
            (
                r#"{"version":1,"figure":"versus","options":{"against":{},"sigma_units":""}}"#,
                "`options.sigma_units`: ",
            ),
            (
                r#"{"version":1,"figure":"versus","options":{"against":{"round":"x"}}}"#,
                "`options.against.round`: expected a whole number",
            ),
            (
                r#"{"version":1,"figure":"life","options":{"which":"nth"}}"#,
                "`options.which`: expected an object",
            ),
            (
                &format!(
                    r#"{{"version":1,"figure":"heatmap","floor":"x","imprint":{{"mark":"{}"}}}}"#,
                    "A".repeat(20_000)
                ),
                "`floor`: expected a whole number",
            ),
            (
                r#"{"version":1,"figure":"kills","options":{"killer":5},"floor":"x"}"#,
                "`floor`: expected a whole number",
            ),
            (
                r#"{"version":1,"figure":"heatmap","filter":{"round":"x","player":5}}"#,
                "`filter.player`: expected a list, found `5`",
            ),
        ] {
            let said = reason(json);
            assert!(said.starts_with(&format!("this is no request: {told}")), "{json}: {said}");
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
            let found = super::sentence(&serde_json::json!({ "crop": crop }), &error, |one| {
                reads.set(reads.get() + 1);
                let many = one.get("crop").and_then(Value::as_object).is_some_and(|crop| crop.len() > 1);
                if many { serde_json::from_str("{}").map(|_: u8| ()) } else { Ok(()) }
            });
            assert_eq!(found.starts_with("`crop`: "), names == 500, "{found}");
        }
        assert!(reads.get() <= 2 + super::MOST_NAMES, "{reads:?}");
    }
}
