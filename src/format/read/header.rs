//! `# key=value` lines between the magic line and the first heading.

use crate::format::error::ReadError;
use crate::format::read::lines::{Line, LineEnd};
use crate::format::read::value::fault::Faults;
use crate::format::read::value::field::{Field, Whole, split};
use crate::model::{RecorderView, RoundMeta, StateSource, Team};

/// The keys that say something to the model. Others are kept in the header's text.
const KEYS: [&str; 20] = [
    "map",
    "round",
    "crossfire_window",
    "escape_time",
    "escape_distance",
    "position_sample_interval",
    "round_start_unix",
    "round_end_unix",
    "axis_spawn_interval",
    "allies_spawn_interval",
    "tracker_version_full",
    "capabilities",
    "tracker",
    "tracker_version",
    "state_source",
    "winner",
    "recorder_view",
    "recordings",
    "recording_conflicts",
    "recording_date",
];
/// More recordings of one round are not named.
const MOST_RECORDINGS: usize = 64;

/// Which keys the header has, as far as it was read.
#[derive(Default)]
pub(crate) struct Header {
    /// Known keys in file order, as indices into [`KEYS`].
    order: Vec<usize>,
}

impl Header {
    /// Where `key` stands among the known keys; `None` when the file lacks it.
    pub(crate) fn place_of(&self, key: &str) -> Option<usize> {
        self.order.iter().position(|&index| KEYS[index] == key)
    }

    /// Reads a line that starts with `#`. A line without `=` is a comment.
    pub(crate) fn read(
        &mut self,
        line: Line,
        meta: &mut RoundMeta,
        faults: &mut Faults,
    ) -> Result<(), ReadError> {
        let Some(equals) = memchr::memchr(b'=', line.bytes) else { return Ok(()) };
        let key =
            line.bytes[..equals].trim_ascii_start().strip_prefix(b"#").unwrap_or_default().trim_ascii_start();
        let Some(index) = KEYS.iter().position(|known| known.as_bytes() == key) else { return Ok(()) };
        let (key, number) = (KEYS[index], line.number);
        if line.end == LineEnd::Missing {
            return faults.lost(number, equals + 1, format_args!("{key}: the file ends within its value"));
        }
        if self.order.contains(&index) {
            return faults.lost(
                number,
                0,
                format_args!("{key} is there a second time; the first one counts"),
            );
        }
        self.order.push(index);
        let value = Field { offset: equals + 1, bytes: &line.bytes[equals + 1..] };
        take(key, value, number, meta, faults)
    }
}

fn take(
    key: &'static str,
    value: Field,
    line: usize,
    meta: &mut RoundMeta,
    faults: &mut Faults,
) -> Result<(), ReadError> {
    match key {
        "map" => meta.map = value.text(key, line, faults).into(),
        "round" => meta.round_raw = number(key, value, line, faults)?,
        "crossfire_window" => meta.crossfire_window_ms = number(key, value, line, faults)?,
        "escape_time" => meta.escape_time_ms = number(key, value, line, faults)?,
        "escape_distance" => meta.escape_distance_units = number(key, value, line, faults)?,
        "position_sample_interval" => meta.interval_ms = interval(key, value, line, faults)?,
        "round_start_unix" => meta.start_unix = number(key, value, line, faults)?.filter(|&t: &i64| t != 0),
        "round_end_unix" => meta.end_unix = number(key, value, line, faults)?.filter(|&t: &i64| t != 0),
        "axis_spawn_interval" => {
            meta.axis_spawn_interval_ms = number(key, value, line, faults)?.filter(|&ms: &u32| ms != 0);
        }
        "allies_spawn_interval" => {
            meta.allies_spawn_interval_ms = number(key, value, line, faults)?.filter(|&ms: &u32| ms != 0);
        }
        // Our own module names both; its own version says more.
        "tracker_version_full" => {
            let version = value.text(key, line, faults);
            meta.tracker_version.get_or_insert_with(|| version.into());
        }
        "tracker_version" => meta.tracker_version = Some(value.text(key, line, faults).into()),
        "tracker" => meta.own_module = value.bytes == b"proximity",
        "state_source" => {
            meta.state_source = match value.text(key, line, faults).as_ref() {
                "eflags+stamina" => StateSource::EflagsStamina,
                other => StateSource::Other(other.into()),
            }
        }
        "winner" => {
            meta.winner = match value.bytes {
                b"axis" => Some(Team::Axis),
                b"allies" => Some(Team::Allies),
                _ => {
                    let fault = value.fault(key, "axis or allies");
                    return faults.lost(line, fault.offset, format_args!("{}", fault.what));
                }
            }
        }
        "recorder_view" => return take_view(key, value, line, meta, faults),
        "recordings" => {
            let names = split(value, b'|').take(MOST_RECORDINGS);
            let files = names.map(|name| name.text(key, line, faults).into()).collect();
            meta.recordings.get_or_insert_default().files = files;
        }
        "recording_conflicts" => {
            let conflicts = number(key, value, line, faults)?;
            meta.recordings.get_or_insert_default().conflicts = conflicts.unwrap_or_default();
        }
        "recording_date" => {
            meta.recordings.get_or_insert_default().dated_by_file = value.bytes == b"file";
        }
        _ => return take_capabilities(value, line, meta, faults),
    }
    Ok(())
}

fn take_view(
    key: &'static str,
    value: Field,
    line: usize,
    meta: &mut RoundMeta,
    faults: &mut Faults,
) -> Result<(), ReadError> {
    let numbers: Vec<Field> = split(value, b',').collect();
    let [seen, alive] = numbers[..] else {
        let fault = value.fault(key, "two numbers of milliseconds, parted by a comma");
        return faults.lost(line, fault.offset, format_args!("{}", fault.what));
    };
    let seen = number(key, seen, line, faults)?;
    let alive = number(key, alive, line, faults)?;
    meta.recorder_view = seen.zip(alive).map(|(seen_ms, alive_ms)| RecorderView { seen_ms, alive_ms });
    Ok(())
}

fn take_capabilities(
    value: Field,
    line: usize,
    meta: &mut RoundMeta,
    faults: &mut Faults,
) -> Result<(), ReadError> {
    if value.bytes.is_empty() {
        return Ok(());
    }
    for item in split(value, b',') {
        let on = match item.bytes {
            [.., b':', b'0'] => false,
            [.., b':', b'1'] => true,
            _ => {
                let fault = item.fault("capability", "name:0 or name:1");
                faults.lost(line, fault.offset, format_args!("{}", fault.what))?;
                continue;
            }
        };
        let name = Field { bytes: &item.bytes[..item.bytes.len() - 2], ..item };
        meta.capabilities.push((name.text("capability", line, faults).into(), on));
    }
    Ok(())
}

/// A number, or the loss of its key.
fn number<T: Whole>(
    key: &'static str,
    value: Field,
    line: usize,
    faults: &mut Faults,
) -> Result<Option<T>, ReadError> {
    match value.whole(key) {
        Ok(number) => Ok(Some(number)),
        Err(fault) => {
            faults.lost(line, fault.offset, format_args!("{}", fault.what))?;
            Ok(None)
        }
    }
}

/// A number of milliseconds above zero, or the loss of its key.
fn interval(
    key: &'static str,
    value: Field,
    line: usize,
    faults: &mut Faults,
) -> Result<Option<u32>, ReadError> {
    let interval = number(key, value, line, faults)?;
    if interval == Some(0) {
        let fault = value.fault(key, "a whole number above 0");
        faults.lost(line, fault.offset, format_args!("{}", fault.what))?;
    }
    Ok(interval.filter(|&ms| ms != 0))
}
