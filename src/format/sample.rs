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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Numbers as trackers write them, and as they should not.
    fn number() -> impl Strategy<Value = String> {
        prop_oneof![
            4 => r"-?[0-9]{1,6}\.[0-9]",
            2 => "-?[0-9]{1,9}",
            1 => r"-?[0-9]{0,3}[.,;:/][0-9]{0,3}",
            1 => r"[0-9x -]{0,4}(\.0)?",
            1 => Just("nan".to_owned()),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        /// Compared as text, so that a negative zero counts.
        #[test]
        fn the_fast_way_reads_what_the_slow_way_reads(
            numbers in prop::collection::vec(number(), 6..=6),
            small in prop::collection::vec("[0-9]{1,4}", 4..=4),
            event in "sample|spawn|killed|[a-z]{0,3}",
            rest in "(,[0-9,]{0,30})?([|].{0,80})?",
        ) {
            let [time, x, y, z, speed, other] = &numbers[..] else { unreachable!("six") };
            let [health, weapon, stance, sprint] = &small[..] else { unreachable!("four") };
            let time = if time.contains('.') { other } else { time };
            let text = format!("{time},{x},{y},{z},{health},{speed},{weapon},{stance},{sprint},{event}{rest}");
            let Some((sample, end)) = read_usual(text.as_bytes(), 0) else { return Ok(()) };
            let tuple = text.split('|').next().unwrap_or_default();
            let (same, tail) = read_any(Field { offset: 0, bytes: tuple.as_bytes() }, &mut Vec::new())
                .map_err(|fault| TestCaseError::fail(format!("{text}: {}", fault.what)))?;
            prop_assert_eq!(format!("{:?}", sample), format!("{:?}", same), "{}", text);
            prop_assert_eq!(end, tail.map_or(tuple.len(), |tail| tail.offset - 1), "{}", text);
        }

        /// The usual shape is what the fast way is for: it must not give up on it.
        #[test]
        fn the_fast_way_reads_every_usual_tuple(
            time in -999_999..9_999_999, place in prop::array::uniform3(-999_999..=1_310_720),
            speed in 0..99_999, (health, weapon) in (0..999, 0..=255), (stance, sprint) in (0..3, 0..2),
        ) {
            let tenths = |n: i32| format!("{}{}.{}", if n < 0 { "-" } else { "" }, n.abs() / 10, n.abs() % 10);
            let [x, y, z] = place.map(tenths);
            let text = format!("{time},{x},{y},{z},{health},{},{weapon},{stance},{sprint},sample", tenths(speed));
            let (_, end) = read_usual(text.as_bytes(), 0).ok_or_else(|| TestCaseError::fail(text.clone()))?;
            prop_assert_eq!(end, text.len());
        }
    }
}
