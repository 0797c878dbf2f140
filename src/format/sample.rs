//! A tuple of a path: one timed position.

use super::cursor::{Cursor, Window, last_window, window};
use super::fault::{Fault, What};
use super::field::{Field, point, values};
use crate::model::{Event, LevelTime, Sample, Weapon};

/// Reads a tuple of the usual shape that starts at `at`, and returns where its ten values end.
#[inline]
pub(super) fn read_usual(line: &[u8], at: usize) -> Option<(Sample, usize)> {
    match window(line, at) {
        Some(window) => usual(window, at),
        None => read_usual_at_end(line, at),
    }
}

#[cold]
fn read_usual_at_end(line: &[u8], at: usize) -> Option<(Sample, usize)> {
    usual(&last_window(line, at)?, at)
}

#[expect(clippy::inline_always, reason = "a sample that is not built in its place costs a third more")]
#[inline(always)]
fn usual(window: &Window, start: usize) -> Option<(Sample, usize)> {
    let mut cursor = Cursor::new(window);
    let time = LevelTime(cursor.whole()?);
    let at = cursor.point()?;
    let health = cursor.small()? as i16;
    let speed_ups = cursor.tenths()?;
    let weapon = Weapon(u8::try_from(cursor.small()?).ok()?);
    let (stance, sprint) = (cursor.digit(2)?, cursor.digit(1)?);
    // Nearly every event is this one.
    let event = if cursor.take(b"sample") { Event::Sample } else { known_event(cursor.word()?)? };
    let end = start + cursor.end()?;
    Some((Sample { time, at, speed_ups, health, weapon, stance, sprint, event }, end))
}

/// Reads a tuple of any legal shape, with what stands after its tenth value, or says what is wrong with it.
#[cold]
pub(super) fn read_any<'a>(
    tuple: Field<'a>,
    other_events: &mut Vec<Box<str>>,
) -> Result<(Sample, Option<Field<'a>>), Fault<'a>> {
    let expected = "10: time,x,y,z,health,speed,weapon,stance,sprint,event";
    let [time, x, y, z, health, speed, weapon, stance, sprint, last] = values(tuple, expected)?;
    let comma = memchr::memchr(b',', last.bytes);
    let event = Field { bytes: &last.bytes[..comma.unwrap_or(last.bytes.len())], ..last };
    let tail = comma.map(|comma| Field { offset: last.offset + comma + 1, bytes: &last.bytes[comma + 1..] });
    let sample = Sample {
        time: time.time("time")?,
        at: point([(x, "x"), (y, "y"), (z, "z")])?,
        health: health.whole("health")?,
        speed_ups: speed.number("speed")?,
        weapon: Weapon(weapon.whole("weapon")?),
        stance: stance
            .whole("stance")
            .ok()
            .filter(|&stance| stance <= 2)
            .ok_or(stance.fault("stance", "0, 1 or 2"))?,
        sprint: u8::from(sprint.flag("sprint")?),
        event: match known_event(event.bytes) {
            Some(event) => event,
            None => other_event(event, other_events)?,
        },
    };
    Ok((sample, tail))
}

#[inline]
fn known_event(word: &[u8]) -> Option<Event> {
    Event::KNOWN.iter().find(|(known, _)| known.as_bytes() == word).map(|&(_, event)| event)
}

/// An event of a newer tracker: its number among the life's unknown words.
fn other_event<'a>(event: Field<'a>, other_events: &mut Vec<Box<str>>) -> Result<Event, Fault<'a>> {
    if event.bytes.is_empty() {
        return Err(event.fault("event", "a word"));
    }
    let word = String::from_utf8_lossy(event.bytes);
    let index = other_events.iter().position(|known| **known == *word).unwrap_or(other_events.len());
    let number = u8::try_from(index).map_err(|_| Fault { offset: event.offset, what: What::Events })?;
    if index == other_events.len() {
        other_events.push(word.into());
    }
    Ok(Event::Other(number))
}
