//! Small texts that several rooms write in the same way: hexadecimal, CSV fields, counts, lists, clocks; and foreign
//! text made harmless.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Bytes as lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A count and its noun: `1 life`, `12 lives`.
pub fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// An error and what caused it, in one line.
pub fn with_causes(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        line = format!("{line}: {inner}");
        cause = inner.source();
    }
    line
}

/// A span of time as `m:ss`, from an hour on `h:mm:ss`; with a minus sign before zero.
pub fn clock(ms: i64) -> String {
    let seconds = ms.unsigned_abs() / 1000;
    let sign = if ms < 0 && seconds > 0 { "−" } else { "" };
    let (h, m, s) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if h > 0 { format!("{sign}{h}:{m:02}:{s:02}") } else { format!("{sign}{m}:{s:02}") }
}

/// A field of a CSV file by RFC 4180. A text that a spreadsheet would take for a formula gets an apostrophe in front.
///
/// Spreadsheets look for the formula's sign behind blanks, and take full-width forms of it for the sign itself. A
/// number stays a number.
pub fn csv_field(text: &str) -> String {
    let begins = text.trim_start_matches(|c: char| c.is_whitespace() || c.is_control() || is_invisible(c));
    let is_formula = begins.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '﹦', '﹢', '﹣', '﹫'])
        || text.starts_with(['\t', '\r', '\n']);
    let is_number = text.starts_with('-') && text.parse::<f64>().is_ok();
    let text = if is_formula && !is_number { Cow::from(format!("'{text}")) } else { Cow::from(text) };
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.into_owned()
    }
}

/// Foreign text as one harmless line: characters that a terminal obeys, that break the line, or that turn the direction
/// of what follows become `\u{…}`, `\n`, `\t`.
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() || is_invisible(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Foreign text for a page, where blanks and ends of lines do no harm: all else as in [`visible`].
pub fn visible_in_page(text: &str) -> Cow<'_, str> {
    let is_hidden = |c: char| (c.is_control() && !c.is_whitespace()) || is_invisible(c);
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    text.split_inclusive(is_hidden)
        .map(|part| match part.char_indices().next_back() {
            Some((end, c)) if is_hidden(c) => format!("{}{}", &part[..end], c.escape_default()),
            _ => part.to_owned(),
        })
        .collect::<String>()
        .into()
}

/// A message of several lines made harmless like [`visible`]. Its lines after the first are indented, so that no part of
/// a foreign name can pass for a line of its own.
pub fn visible_lines(text: &str) -> String {
    text.lines().map(visible).collect::<Vec<_>>().join("\n  ")
}

/// Characters that show nothing but change how others are shown: marks of direction, line and paragraph separators,
/// invisible operators, tags. The joiners that many scripts need are none of them.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Text of the game or its players: UTF-8, or else Windows-1252, which the clients of the original game wrote. Tells
/// whether it was the latter.
pub fn decode(bytes: &[u8]) -> (Cow<'_, str>, bool) {
    match std::str::from_utf8(bytes) {
        Ok(text) => (Cow::Borrowed(text), false),
        Err(_) => (bytes.iter().map(|byte| windows_1252(*byte)).collect::<String>().into(), true),
    }
}

/// The character of a byte in Windows-1252, as browsers read it (WHATWG Encoding Standard): the five bytes that the code
/// page leaves out are control characters.
fn windows_1252(byte: u8) -> char {
    const FROM_80: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
        '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    FROM_80.get(usize::from(byte).wrapping_sub(0x80)).copied().unwrap_or(char::from(byte))
}

/// The names that someone who typed `typed` may have meant, most alike first: those that hold it, and those that differ in
/// few letters. Capitals do not matter.
pub fn near<'n>(typed: &str, names: impl IntoIterator<Item = &'n str>) -> Vec<&'n str> {
    /// More names than this are no hint.
    const MOST: usize = 6;
    let wanted = typed.to_lowercase();
    let most_edits = (wanted.chars().count() / 3).clamp(1, 3);
    let mut found: Vec<(usize, &str)> = names
        .into_iter()
        .filter_map(|name| {
            let folded = name.to_lowercase();
            if !wanted.is_empty() && folded.contains(&wanted) {
                return Some((0, name));
            }
            // Signs around a name are often left out.
            let plain = folded.trim_matches(|c: char| !c.is_alphanumeric());
            let edits = strsim::osa_distance(&wanted, &folded).min(strsim::osa_distance(&wanted, plain));
            (edits <= most_edits).then_some((edits, name))
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found.into_iter().take(MOST).map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_those_that_hold_the_word_or_miss_few_letters() {
        let names = ["gale", "gale!", "Kestrel", "Heron", "a"];
        assert_eq!(near("gael", names), ["gale", "gale!"]);
        assert_eq!(near("kest", names), ["Kestrel"]);
        assert_eq!(near("suply", ["supply", "battery"]), ["supply"]);
        assert!(near("zzzz", names).is_empty());
    }

    #[test]
    fn numbers_and_clocks_are_written_in_one_way() {
        assert_eq!(hex(&[0, 0x1f, 0xff]), "001fff");
        assert_eq!(
            (counted(1, "life", "lives"), counted(0, "life", "lives")),
            ("1 life".into(), "0 lives".into())
        );
        let times = [0, 59_999, 61_000, 3_600_000, -61_000, -10];
        assert_eq!(times.map(clock), ["0:00", "0:59", "1:01", "1:00:00", "−1:01", "0:00"]);
    }

    #[test]
    fn csv_fields_are_quoted_and_are_no_formulas() {
        assert_eq!(csv_field("a,\"b\""), "\"a,\"\"b\"\"\"");
        for formula in [
            "=1+1",
            "-x",
            "+1",
            "@x",
            "  =1",
            "\u{a0}@x",
            "\u{200b}=1",
            "\u{feff}+1",
            "＝1",
            "－x",
            "﹫x",
            "\tx",
        ] {
            assert_eq!(csv_field(formula), format!("'{formula}"), "{formula:?}");
        }
        for harmless in ["-12.5", "12", "a=1", "", "Zoée", " x", "’=1"] {
            assert_eq!(csv_field(harmless), harmless);
        }
    }

    #[test]
    fn nothing_that_a_terminal_obeys_is_shown_raw() {
        assert_eq!(visible("a\u{1b}[2Jb\u{9b}c\rd\ne\tf"), "a\\u{1b}[2Jb\\u{9b}c\\rd\\ne\\tf");
        assert_eq!(
            visible("\u{202e}gpj.exe\u{2066}\u{200f}\u{2028}"),
            "\\u{202e}gpj.exe\\u{2066}\\u{200f}\\u{2028}"
        );
        assert_eq!(visible("Zoée 日本 👩\u{200d}🚀"), "Zoée 日本 👩\u{200d}🚀");
        assert_eq!(visible_lines("x\nproximity: all well\u{7}"), "x\n  proximity: all well\\u{7}");
    }

    #[test]
    fn bytes_that_are_not_utf8_are_windows_1252() {
        assert_eq!(decode("Zoée".as_bytes()), ("Zoée".into(), false));
        assert_eq!(decode(b"Zo\xe9e \x80\x92\x9f"), ("Zoée €’Ÿ".into(), true));
        assert_eq!(decode(b"\x7f\xa0\xff").0, "\u{7f}\u{a0}ÿ");
    }
}
