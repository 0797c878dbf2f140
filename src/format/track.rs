//! A row of `PLAYER_TRACKS`: one life.

use super::error::ReadError;
use super::fault::Faults;
use super::field::Field;
use super::limits::Limits;
use super::lines::{Line, LineEnd};
use super::row::RowError;
use super::sample;
use super::table::Columns;
use crate::model::{Class, DeathType, Event, Guid, PlayerName, Tails, Team, Track};

/// No tuple is shorter: `0,0,0,0,0,0,0,0,0,x|`.
const SHORTEST_TUPLE_BYTES: usize = 20;

/// Reads a life. Bad samples are reported and left out; `Err` when the row as a whole is bad.
pub(super) fn read<'a>(
    line: Line<'a>,
    columns: &Columns,
    limits: &Limits,
    faults: &mut Faults,
) -> Result<Track, RowError<'a>> {
    let fields = columns.split(line)?;
    let [guid, name, team, class, spawn_time, death_time, first_move_time, death_type, samples, path] =
        fields;
    let declared_samples: u64 = samples.whole("samples")?;
    let mut track = Track {
        spawn: spawn_time.time("spawn_time")?,
        end: death_time.optional_time("death_time")?,
        first_move: first_move_time.optional_time("first_move_time")?,
        guid: Guid(guid.text("guid", line.number, faults).into()),
        name: PlayerName(name.text("name", line.number, faults).into()),
        team: Team::from(&*team.text("team", line.number, faults)),
        class: Class::from(&*class.text("class", line.number, faults)),
        death_type: match death_type.bytes {
            b"" => None,
            _ => Some(DeathType::from(&*death_type.text("death_type", line.number, faults))),
        },
        declared_samples,
        samples: Vec::new(),
        other_events: Vec::new(),
        tails: Tails::default(),
    };
    // The declared number may be a lie; the path's length is not.
    let possible = path.bytes.len().div_ceil(SHORTEST_TUPLE_BYTES);
    let likely = usize::try_from(declared_samples).unwrap_or(usize::MAX);
    track.samples.reserve_exact(likely.min(possible).min(limits.samples_per_life));

    let found = read_path(path, line, limits, &mut track, faults)?;
    if !track.tails.is_empty() {
        fill_tails(&mut track);
    }
    if let Some(found) = found
        && found as u64 != declared_samples
    {
        let sign = format_args!("samples is {declared_samples}, but the path has {found}");
        faults.cut(line.number, samples.offset, sign);
    }
    Ok(track)
}

/// Reads all tuples of a path; the number of whole tuples found, good or bad, or `None` when there were too many.
fn read_path(
    path: Field,
    line: Line,
    limits: &Limits,
    track: &mut Track,
    faults: &mut Faults,
) -> Result<Option<usize>, ReadError> {
    if path.bytes.is_empty() {
        return Ok(Some(0));
    }
    let (whole, cut) = match (line.end, memchr::memrchr(b'|', path.bytes)) {
        (LineEnd::Missing, Some(bar)) => (Some(bar), bar + 1),
        (LineEnd::Missing, None) => (None, 0),
        (LineEnd::Feed | LineEnd::ReturnFeed, _) => (Some(path.bytes.len()), path.bytes.len()),
    };
    let mut found = 0;
    if let Some(whole) = whole {
        let text = &line.bytes[..path.offset + whole];
        let mut at = path.offset;
        loop {
            if track.samples.len() >= limits.samples_per_life {
                let limit = limits.samples_per_life;
                let why =
                    format_args!("more than {limit} samples in one life; the rest of the path is left out");
                faults.lost(line.number, at, why)?;
                return Ok(None);
            }
            found += 1;
            at = match sample::read_usual(text, at) {
                Some((sample, end)) if text.get(end).is_none_or(|&b| b == b'|') => {
                    track.samples.push(sample);
                    end
                }
                Some((sample, end)) => {
                    let tail = tuple(text, end + 1);
                    push_tail(tail, line.number, track, faults);
                    track.samples.push(sample);
                    tail.offset + tail.bytes.len()
                }
                None => {
                    let tuple = tuple(text, at);
                    match sample::read_any(tuple, &mut track.other_events) {
                        Ok((sample, tail)) => {
                            if let Some(tail) = tail {
                                push_tail(tail, line.number, track, faults);
                            }
                            track.samples.push(sample);
                        }
                        Err(fault) => {
                            let why = format_args!("sample {found} of the path: {}", fault.what);
                            faults.lost(line.number, fault.offset, why)?;
                        }
                    }
                    tuple.offset + tuple.bytes.len()
                }
            };
            if at >= text.len() {
                break;
            }
            at += 1;
        }
    }
    // The file ends in the last tuple. Only a known last word shows that nothing of it is missing.
    if cut < path.bytes.len() {
        let rest = Field { offset: path.offset + cut, bytes: &path.bytes[cut..] };
        match sample::read_any(rest, &mut Vec::new()) {
            Ok((sample, None)) if !matches!(sample.event, Event::Other(_)) => {
                found += 1;
                track.samples.push(sample);
            }
            _ => {
                let why = format_args!("sample {} of the path: the file ends within it", found + 1);
                faults.lost(line.number, rest.offset, why)?;
            }
        }
    }
    Ok(Some(found))
}

/// What stands from `at` to the next `|` or the end.
fn tuple(text: &[u8], at: usize) -> Field<'_> {
    let end = memchr::memchr(b'|', &text[at..]).map_or(text.len(), |bar| at + bar);
    Field { offset: at, bytes: &text[at..end] }
}

/// Keeps what stands after the ten values of the sample that follows those already there.
fn push_tail(tail: Field, line: usize, track: &mut Track, faults: &mut Faults) {
    fill_tails(track);
    track.tails.push(&tail.text("sample", line, faults));
}

/// Gives an empty tail to each sample so far that has none.
fn fill_tails(track: &mut Track) {
    for _ in track.tails.len()..track.samples.len() {
        track.tails.push("");
    }
}
