//! A row of `PLAYER_TRACKS`: one life.

use super::fault::{Fault, Faults};
use super::field::Field;
use super::lines::{Line, LineEnd};
use super::row::RowError;
use super::sample::{self, Sampled};
use super::table::Columns;
use super::{Limits, ReadError};
use crate::model::{Class, DeathType, Guid, PlayerName, Tails, Team, Track};

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

    if let Some(found) = read_path(path, line, limits, &mut track, faults)?
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
    let whole = match line.end {
        LineEnd::Missing => memchr::memrchr(b'|', path.bytes),
        _ => Some(path.bytes.len()),
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
            match sample::read(text, at, &mut track.other_events) {
                Ok(sampled) => {
                    at = sampled.end;
                    push(sampled, line.number, track, faults);
                }
                Err((fault, end)) => {
                    at = end;
                    report(&fault, found, line.number, faults)?;
                }
            }
            if at >= text.len() {
                break;
            }
            at += 1;
        }
    }
    // The file ends in the last tuple. Only a known last word shows that nothing of it is missing.
    if line.end == LineEnd::Missing {
        let from = whole.map_or(0, |bar| bar + 1);
        let rest = Field { offset: path.offset + from, bytes: &path.bytes[from..] };
        match sample::read(line.bytes, rest.offset, &mut Vec::new()) {
            Ok(sampled) if sampled.tail.is_none() && sampled.event_is_known() => {
                found += 1;
                push(sampled, line.number, track, faults);
            }
            _ if rest.bytes.is_empty() => {}
            _ => {
                let why = format_args!("sample {} of the path: the file ends within it", found + 1);
                faults.lost(line.number, rest.offset, why)?;
            }
        }
    }
    Ok(Some(found))
}

#[inline]
fn push(sampled: Sampled, line: usize, track: &mut Track, faults: &mut Faults) {
    if let Some(tail) = sampled.tail {
        for _ in track.tails.len()..track.samples.len() {
            track.tails.push("");
        }
        track.tails.push(&tail.text("sample", line, faults));
    } else if !track.tails.is_empty() {
        track.tails.push("");
    }
    track.samples.push(sampled.sample);
}

fn report(fault: &Fault, number: usize, line: usize, faults: &mut Faults) -> Result<(), ReadError> {
    faults.lost(line, fault.offset, format_args!("sample {number} of the path: {}", fault.what))
}
