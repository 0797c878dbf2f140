//! A tuple of a path: one timed position.

use crate::format::read::value::cursor::{Cursor, Decimal, Moment, Repeated};
use crate::format::read::value::fault::{Fault, What};
use crate::format::read::value::field::{Field, point, values};
use crate::model::{Event, LevelTime, Sample, Weapon};
use crate::text::decode;

/// What the last tuple looked like: the next one is likely to look the same.
pub(crate) struct Usual {
    moment: Moment,
    health: Repeated<i16>,
    speed: Decimal,
    state: Repeated<(Weapon, u8, u8, Event)>,
}

impl Usual {
    pub(crate) const NONE: Self =
        Self { moment: Moment::NONE, health: Repeated::NONE, speed: Decimal::NONE, state: Repeated::NONE };

    /// Reads a tuple of the usual shape that starts at byte `at` of `text`, and returns the length of its ten values.
    /// Whether the event's word ends there, too, is for the caller to see.
    #[expect(clippy::inline_always, reason = "a sample that is not built in its place costs a third more")]
    #[inline(always)]
    pub(crate) fn read(&mut self, text: &[u8], at: usize) -> Option<(Sample, usize)> {
        let mut cursor = Cursor::new(text, at)?;
        let (time, at) = cursor.moment(&mut self.moment)?;
        let health = cursor.repeated(&mut self.health, health)?;
        let speed_ups = cursor.decimal(&mut self.speed)?;
        let (weapon, stance, sprint, event) = cursor.repeated(&mut self.state, state)?;
        let time = LevelTime(time);
        Some((Sample { time, at, speed_ups, health, weapon, stance, sprint, event }, cursor.at()))
    }
}

/// Health and the comma after it; and their length.
#[inline(never)]
fn health(text: &[u8]) -> Option<(i16, usize)> {
    let (digits, sign) = text.strip_prefix(b"-").map_or((text, 1), |digits| (digits, -1));
    let (value, length) = small(digits)?;
    Some((value * sign, length + usize::from(sign < 0)))
}

/// What stands at the end of a tuple, from the weapon to the event; and its length.
#[inline(never)]
fn state(text: &[u8]) -> Option<((Weapon, u8, u8, Event), usize)> {
    let (weapon, length) = small(text)?;
    let [stance @ b'0'..=b'2', b',', sprint @ b'0'..=b'1', b',', rest @ ..] = &text[length..] else {
        return None;
    };
    let word = rest.iter().position(|b| !b.is_ascii_lowercase() && *b != b'_')?;
    let event = known_event(&rest[..word])?;
    Some(((Weapon(weapon.try_into().ok()?), stance - b'0', sprint - b'0', event), length + 4 + word))
}

/// A whole number of one to three digits and the comma after it; and their length.
fn small(text: &[u8]) -> Option<(i16, usize)> {
    let length = text.iter().take(4).position(|&b| b == b',').filter(|&length| length > 0)?;
    let value = text[..length]
        .iter()
        .try_fold(0, |value, b| b.is_ascii_digit().then(|| value * 10 + i16::from(b - b'0')));
    Some((value?, length + 1))
}

/// Reads a tuple of any legal shape, with what stands after its tenth value, or says what is wrong with it.
#[cold]
pub(crate) fn read_any<'a>(
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
    let word = decode(event.bytes).0;
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

    const OTHER: &str = "12345,-12.5,300.0,48.1,100,256.0,8,0,0,sample";

    /// What the fast way makes of a text's first tuple once it has met `before`.
    fn usual(before: &str, text: &str) -> Option<(Sample, usize)> {
        let line = format!("........{before}|{text}\n{}", " ".repeat(100));
        let (mut usual, at) = (Usual::NONE, 9 + before.len());
        let _ = usual.read(line.as_bytes(), 8);
        let read = usual.read(line.as_bytes(), at);
        read.filter(|(_, length)| matches!(line.as_bytes()[at + length], b',' | b'|' | b'\n'))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        /// Compared as text, so that a negative zero counts.
        #[test]
        fn the_fast_way_reads_what_the_slow_way_reads(
            numbers in prop::collection::vec(number(), 6..=6),
            small in prop::collection::vec("-?[0-9]{1,5}", 4..=4),
            event in "samples?|spawn|killed|[a-z]{0,3}",
            rest in "(,[0-9,]{0,30})?([|].{0,80})?",
        ) {
            let [time, x, y, z, speed, last] = &numbers[..] else { unreachable!("six") };
            let [health, weapon, stance, sprint] = &small[..] else { unreachable!("four") };
            let time = if time.contains('.') { last } else { time };
            let text = format!("{time},{x},{y},{z},{health},{speed},{weapon},{stance},{sprint},{event}{rest}");
            // The same shapes, other digits.
            let other = text.replace('3', "7");
            let tuple = text.split('|').next().unwrap_or_default();
            let slow = read_any(Field { offset: 0, bytes: tuple.as_bytes() }, &mut Vec::new());
            let slow = slow.map(|(sample, tail)| (format!("{sample:?}"), tail.map_or(tuple.len(), |tail| tail.offset - 1)));
            for before in [OTHER, tuple, &other] {
                let Some((sample, length)) = usual(before, &text) else { continue };
                prop_assert_eq!(Some((format!("{sample:?}"), length)), slow.as_ref().ok().cloned(), "{} after {}", text, before);
            }
        }

        /// The usual shape is what the fast way is for: it must not give up on it.
        #[test]
        fn the_fast_way_reads_every_usual_tuple(
            time in -999_999..9_999_999, place in prop::array::uniform3(-999_999..=1_310_720),
            speed in 0..99_999, (health, weapon) in (-999..999, 0..=255), (stance, sprint) in (0..3, 0..2),
        ) {
            let tenths = |n: i32| format!("{}{}.{}", if n < 0 { "-" } else { "" }, n.abs() / 10, n.abs() % 10);
            let [x, y, z] = place.map(tenths);
            let text = format!("{time},{x},{y},{z},{health},{},{weapon},{stance},{sprint},sample", tenths(speed));
            for before in [OTHER, &text] {
                let (_, length) = usual(before, &text).ok_or_else(|| TestCaseError::fail(text.clone()))?;
                prop_assert_eq!(length, text.len());
            }
        }
    }
}
