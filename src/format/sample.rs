//! A tuple of a path: one timed position.

use super::cursor::Cursor;
use super::fault::{Fault, What};
use super::field::{Field, point, values};
use crate::model::{Event, LevelTime, Sample, Weapon};

/// A tuple that was read.
#[derive(Clone, Copy)]
pub(super) struct Sampled<'a> {
    pub(super) sample: Sample,
    /// What stands after the tenth value.
    pub(super) tail: Option<Field<'a>>,
    /// Where the tuple ends: at a `|` or at the end of the path.
    pub(super) end: usize,
}

impl Sampled<'_> {
    pub(super) fn event_is_known(&self) -> bool {
        !matches!(self.sample.event, Event::Other(_))
    }
}

/// Reads the tuple that starts at `at`; a fault comes with the place where the tuple ends.
#[inline]
pub(super) fn read<'a>(
    line: &'a [u8],
    at: usize,
    other_events: &mut Vec<Box<str>>,
) -> Result<Sampled<'a>, (Fault<'a>, usize)> {
    if let Some(sampled) = read_usual(line, at) {
        return Ok(sampled);
    }
    let end = end_of_tuple(line, at);
    let tuple = Field { offset: at, bytes: &line[at..end] };
    read_any(tuple, other_events).map_err(|fault| (fault, end))
}

#[inline]
fn end_of_tuple(line: &[u8], at: usize) -> usize {
    memchr::memchr(b'|', &line[at..]).map_or(line.len(), |bar| at + bar)
}

/// The usual shape of a tuple.
#[inline]
fn read_usual(line: &[u8], at: usize) -> Option<Sampled<'_>> {
    let mut cursor = Cursor::new(line, at);
    let time = LevelTime(cursor.whole()?);
    cursor.comma()?;
    let at = cursor.point()?;
    let health = i16::try_from(cursor.whole()?).ok()?;
    cursor.comma()?;
    let speed_ups = cursor.tenths()?;
    cursor.comma()?;
    let weapon = Weapon(u8::try_from(cursor.whole()?).ok()?);
    cursor.comma()?;
    let stance = u8::try_from(cursor.whole()?).ok().filter(|&stance| stance <= 2)?;
    cursor.comma()?;
    let sprint = u8::try_from(cursor.whole()?).ok().filter(|&sprint| sprint <= 1)?;
    cursor.comma()?;
    let event = known_event(cursor.word()?)?;
    let sample = Sample { time, at, speed_ups, health, weapon, stance, sprint, event };
    if cursor.peek() != Some(b',') {
        return Some(Sampled { sample, tail: None, end: cursor.at() });
    }
    let offset = cursor.at() + 1;
    let end = end_of_tuple(line, offset);
    Some(Sampled { sample, tail: Some(Field { offset, bytes: &line[offset..end] }), end })
}

/// Any legal shape of a tuple, or what is wrong with it.
fn read_any<'a>(tuple: Field<'a>, other_events: &mut Vec<Box<str>>) -> Result<Sampled<'a>, Fault<'a>> {
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
    Ok(Sampled { sample, tail, end: tuple.offset + tuple.bytes.len() })
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
