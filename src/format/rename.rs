//! A tracker file with other guids and names, everything else as it was.

use std::collections::{BTreeMap, BTreeSet};

use crate::format::error::ReadError;
use crate::format::options::ReadOptions;
use crate::format::read::reader;
use crate::model::{Guid, GuidKind, Renaming};
use crate::text::decode;

/// Columns in which a file speaks of objectives in its own words.
const OWN_WORDS: [&str; 4] = ["track_name", "event_type", "flag_team", "outcome"];

/// Rewrites a file's text. `new` gives the new guid and name for a guid and one of its names.
///
/// A name is known by the guid in the field before it, in every section of every version; a player called `8` does
/// not turn all the eights. What a file says of objectives in its own words may hold names anywhere ([`Renaming`]).
///
/// # Errors
/// When the text is not a tracker file.
pub fn rename(bytes: &[u8], new: &impl Fn(&str, &str) -> (String, String)) -> Result<Vec<u8>, ReadError> {
    let options = ReadOptions { content_hash: false, ..ReadOptions::default() };
    let round = reader::read(bytes, &options)?.file.round;
    let mut known: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for track in &round.tracks {
        known.entry(track.guid.as_str()).or_default().insert(track.name.as_str());
    }
    for engagement in &round.engagements {
        known.entry(engagement.target_guid.as_str()).or_default().insert(engagement.target_name.as_str());
        if let Some(guid) = &engagement.killer_guid {
            let name = engagement.killer_name.as_ref().map_or("", |name| name.as_str());
            known.entry(guid.as_str()).or_default().insert(name);
        }
        for attacker in &engagement.attackers {
            known.entry(attacker.guid.as_str()).or_default().insert(attacker.name.as_str());
        }
    }
    let pairs: Vec<_> = known.iter().flat_map(|(guid, names)| names.iter().map(|n| [*guid, *n])).collect();
    let new_pairs: Vec<_> = pairs.iter().map(|[guid, name]| new(guid, name)).collect();
    let changes =
        pairs.iter().zip(&new_pairs).map(|(old, (guid, name))| (*old, [guid.as_str(), name.as_str()]));
    let within = Renaming::of(changes);
    let text = decoded_values(bytes);
    let mut out = String::with_capacity(text.len());
    let mut columns: Vec<String> = Vec::new();
    for line in text.split_inclusive('\n') {
        if let Some(comment) = line.strip_prefix('#') {
            if comment.contains(';') {
                columns = comment.trim().split(';').map(str::to_owned).collect();
            }
            out.push_str(line);
        } else {
            rename_row(line, &columns, &known, &within, new, &mut out);
        }
    }
    Ok(out.into_bytes())
}

/// The text as the reader sees it: value by value, some of which may not be UTF-8.
fn decoded_values(bytes: &[u8]) -> String {
    let ends = |b: &u8| matches!(b, b';' | b'|' | b',' | b'\r' | b'\n');
    bytes.split_inclusive(ends).map(|line| decode(line).0).collect()
}

fn rename_row(
    line: &str,
    columns: &[String],
    known: &BTreeMap<&str, BTreeSet<&str>>,
    within: &Renaming,
    new: &impl Fn(&str, &str) -> (String, String),
    out: &mut String,
) {
    let mut field = 0;
    let mut pending: Option<(&str, char)> = None;
    let mut rest = line;
    while !rest.is_empty() {
        let end = rest.find([';', '|', ',', '\n', '\r']).unwrap_or(rest.len());
        let (token, after) = rest.split_at(end);
        let separator = after.chars().next();
        let is_column = |ending: &str| columns.get(field).is_some_and(|column| column.ends_with(ending));
        match pending.take() {
            // The name of the guid before: it is one of theirs, or its column says so.
            Some((guid, before))
                if known.get(guid).is_some_and(|names| names.contains(token))
                    || (before == ';' && is_column("name")) =>
            {
                out.push_str(&if token.is_empty() { String::new() } else { new(guid, token).1 });
            }
            _ if is_guid(token) || (is_column("guid") && separator == Some(';')) => {
                out.push_str(&new(token, "").0);
                pending = separator.map(|separator| (token, separator));
            }
            _ if OWN_WORDS.iter().any(|column| is_column(column)) => {
                out.push_str(&within.apply(token).unwrap_or_else(|| token.to_owned()));
            }
            _ => out.push_str(token),
        }
        if let Some(separator) = separator {
            out.push(separator);
            field += usize::from(separator == ';');
            rest = &after[separator.len_utf8()..];
        } else {
            rest = "";
        }
    }
}

/// Whether a field can only be a guid, wherever it stands.
fn is_guid(token: &str) -> bool {
    let text = token.trim_end();
    let is_hex = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex || Guid::from(text).kind() == GuidKind::Bot || (text.len() > 4 && Guid::from(text).is_slot())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_the_words_of_objectives_goes_too() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/named_in_objectives/");
        let file =
            std::fs::read(format!("{folder}2026-04-06-204100-supply-round-1_engagements.txt")).unwrap();
        let guid = "0F1E2D3C4B5A69788796A5B4C3D2E1F0";
        let new = |found: &str, name: &str| {
            let called = if found == guid { ("F".repeat(32), "forgotten") } else { (found.to_owned(), name) };
            (called.0, called.1.to_owned())
        };
        let renamed = String::from_utf8(rename(&file, &new).unwrap()).unwrap();
        let small = renamed.to_lowercase();
        assert!(!small.contains(&guid.to_lowercase()) && !small.contains("al^7pha"), "{renamed}");
        for said in
            ["planted_by_forgotten;", "the Depot Gate of forgotten;", "the Alphabet Gate, forgotten's;"]
        {
            assert!(renamed.contains(said), "{renamed}");
        }
    }
}
