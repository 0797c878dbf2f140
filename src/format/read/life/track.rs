//! A row of `PLAYER_TRACKS`: one life.

use crate::format::error::ReadError;
use crate::format::options::Limits;
use crate::format::read::life::sample::{self, Usual};
use crate::format::read::life::tails::TailBuffer;
use crate::format::read::lines::{Line, LineEnd};
use crate::format::read::value::fault::Faults;
use crate::format::read::value::field::Field;
use crate::format::read::value::row::RowError;
use crate::format::table::Columns;
use crate::model::{Class, DeathType, Event, Guid, PlayerName, Tails, Team, Track};

/// No tuple is shorter: `0,0,0,0,0,0,0,0,0,x|`.
const SHORTEST_TUPLE_BYTES: usize = 20;

/// Reads a life. Bad samples are reported and left out; `Err` when the row as a whole is bad.
pub(crate) fn read<'a>(
    line: Line<'a>,
    columns: &Columns,
    limits: &Limits,
    tails: &mut TailBuffer,
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
        guid: Guid::new(guid.text("guid", line.number, faults)),
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

    tails.clear();
    let mut reader = PathReader { line, limits, track: &mut track, tails, faults, found: 0 };
    let whole = reader.read(path)?;
    let found = reader.found;
    track.tails = tails.tails(track.samples.len());
    if whole && found as u64 != declared_samples {
        let sign = format_args!("samples is {declared_samples}, but the path has {found}");
        faults.cut(line.number, samples.offset, sign);
    }
    Ok(track)
}

/// What reads a path into a life.
struct PathReader<'r, 'a> {
    line: Line<'a>,
    limits: &'r Limits,
    track: &'r mut Track,
    tails: &'r mut TailBuffer,
    faults: &'r mut Faults,
    /// Whole tuples found, good or bad.
    found: usize,
}

impl<'a> PathReader<'_, 'a> {
    /// Reads all tuples; `false` when there were too many.
    fn read(&mut self, path: Field<'a>) -> Result<bool, ReadError> {
        if path.bytes.is_empty() {
            return Ok(true);
        }
        let (whole, cut) = match (self.line.end, memchr::memrchr(b'|', path.bytes)) {
            (LineEnd::Missing, Some(bar)) => (Some(bar), bar + 1),
            (LineEnd::Missing, None) => (None, 0),
            (LineEnd::Feed | LineEnd::ReturnFeed, _) => (Some(path.bytes.len()), path.bytes.len()),
        };
        if let Some(whole) = whole
            && !self.tuples(&self.line.bytes[..path.offset + whole], path.offset)?
        {
            return Ok(false);
        }
        // The file ends in the last tuple. Only a known last word shows that nothing of it is missing.
        if cut < path.bytes.len() {
            let rest = Field { offset: path.offset + cut, bytes: &path.bytes[cut..] };
            match sample::read_any(rest, &mut Vec::new()) {
                Ok((sample, None)) if !matches!(sample.event, Event::Other(_)) => {
                    self.found += 1;
                    self.track.samples.push(sample);
                }
                _ => {
                    let why = format_args!("sample {} of the path: the file ends within it", self.found + 1);
                    self.faults.lost(self.line.number, rest.offset, why)?;
                }
            }
        }
        Ok(true)
    }

    /// Reads the whole tuples from `at` to the end of `text`, a line's beginning; `false` when there were too many.
    fn tuples(&mut self, text: &'a [u8], mut at: usize) -> Result<bool, ReadError> {
        let mut usual = Usual::NONE;
        loop {
            at = self.usual_tuples(&mut usual, text.len(), at);
            if at > text.len() {
                return Ok(true);
            }
            if self.track.samples.len() >= self.limits.samples_per_life {
                let limit = self.limits.samples_per_life;
                let why =
                    format_args!("more than {limit} samples in one life; the rest of the path is left out");
                self.faults.lost(self.line.number, at, why)?;
                return Ok(false);
            }
            at = self.any_tuple(text, at)? + 1;
            if at > text.len() {
                return Ok(true);
            }
        }
    }

    /// Reads tuples from `at` to the line's byte `end` as long as they have the usual shape; gives the beginning of the
    /// first one that has not, or a place beyond `end`.
    fn usual_tuples(&mut self, usual: &mut Usual, end: usize, mut at: usize) -> usize {
        let (text, samples, tails) = (self.line.ahead, &mut self.track.samples, &mut *self.tails);
        let before = samples.len();
        while samples.len() < self.limits.samples_per_life
            && let Some((sample, length)) = usual.read(text, at)
        {
            let mut next = at + length;
            if next < end && text.get(next) == Some(&b',') {
                tails.fill(samples.len());
                match tails.push_short(&text[next + 1..], end - next - 1) {
                    Some(length) => next += 1 + length,
                    None => break,
                }
            }
            if next < end && text.get(next) != Some(&b'|') {
                break;
            }
            samples.push(sample);
            at = next + 1;
            if at > end {
                break;
            }
        }
        self.found += samples.len() - before;
        at
    }

    /// Reads any tuple; gives its end.
    #[cold]
    fn any_tuple(&mut self, text: &'a [u8], at: usize) -> Result<usize, ReadError> {
        self.found += 1;
        let end = memchr::memchr(b'|', &text[at..]).map_or(text.len(), |bar| at + bar);
        match sample::read_any(Field { offset: at, bytes: &text[at..end] }, &mut self.track.other_events) {
            Ok((sample, tail)) => {
                if let Some(tail) = tail {
                    self.tails.fill(self.track.samples.len());
                    self.tails.push(&tail.text("sample", self.line.number, self.faults));
                }
                self.track.samples.push(sample);
            }
            Err(fault) => {
                let why = format_args!("sample {} of the path: {}", self.found, fault.what);
                self.faults.lost(self.line.number, fault.offset, why)?;
            }
        }
        Ok(end)
    }
}
