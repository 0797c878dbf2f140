//! One row as text, field by field in the order of its [`Table`](crate::format::table::Table)'s columns.

use crate::geom::WorldPoint;
use crate::model::{Attacker, Engagement, EngagementPoint, Event, KillCell, MovementCell, Sample, Track};

/// What would end a field.
const FIELD: &[u8] = b";\r\n";
/// What would end a value of a tuple.
const VALUE: &[u8] = b",|;\r\n";
/// What would end a tuple.
const TUPLE: &[u8] = b"|\r\n";
/// What fills the place of a health that is not known: readers that do not know the mark `?` take the player for unhurt.
const FRESH_HEALTH: i16 = 100;

/// The text of a row's fields.
#[derive(Default)]
pub(crate) struct Record {
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl Record {
    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }

    /// The text of field `index`, empty when there is none.
    pub(crate) fn field(&self, index: usize) -> &[u8] {
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.ends.get(index).map_or(b"", |&end| &self.text[start..end])
    }

    pub(crate) fn track(&mut self, track: &Track) {
        self.text_field(track.guid.as_str());
        self.text_field(track.name.as_str());
        self.text_field(track.team.as_str());
        self.text_field(track.class.as_str());
        self.whole_field(track.spawn.0);
        self.optional_field(track.end.map(|time| time.0));
        self.optional_field(track.first_move.map(|time| time.0));
        self.text_field(track.death_type.as_ref().map_or("", |kind| kind.as_str()));
        self.whole(track.declared_samples);
        self.end_field();
        for (index, sample) in track.samples.iter().enumerate() {
            self.separate(b'|', index);
            self.sample(sample, &track.other_events);
            if index < track.tails.len() && !(track.tails.is_empty() || track.tails.get(index).is_empty()) {
                self.text.push(b',');
                self.text(track.tails.get(index), TUPLE);
            }
            if sample.known_health().is_none() {
                self.text.extend_from_slice(b",?");
            }
        }
        self.end_field();
    }

    fn sample(&mut self, sample: &Sample, other_events: &[Box<str>]) {
        self.whole(sample.time.0);
        self.point(sample.at);
        self.next(sample.known_health().unwrap_or(FRESH_HEALTH));
        self.text.push(b',');
        self.tenths(sample.speed_ups);
        self.next(sample.weapon.0);
        self.next(sample.stance);
        self.next(sample.sprint);
        self.text.push(b',');
        let word = match sample.event {
            Event::Other(index) => other_events.get(usize::from(index)).map_or("unknown", |word| word),
            known => {
                Event::KNOWN.iter().find(|(_, event)| *event == known).map_or("unknown", |(word, _)| word)
            }
        };
        self.text(word, VALUE);
    }

    pub(crate) fn engagement(&mut self, engagement: &Engagement) {
        self.whole_field(engagement.id);
        self.whole_field(engagement.start.0);
        self.whole_field(engagement.end.0);
        self.whole_field(engagement.duration_ms);
        self.text_field(engagement.target_guid.as_str());
        self.text_field(engagement.target_name.as_str());
        self.text_field(engagement.target_team.as_str());
        self.text_field(engagement.outcome.as_str());
        self.whole_field(engagement.total_damage);
        self.text_field(engagement.killer_guid.as_ref().map_or("", |guid| guid.as_str()));
        self.text_field(engagement.killer_name.as_ref().map_or("", |name| name.as_str()));
        self.whole_field(engagement.num_attackers);
        self.whole_field(i32::from(engagement.is_crossfire));
        self.optional_field(engagement.crossfire_delay_ms);
        for (index, guid) in engagement.crossfire_participants.iter().enumerate() {
            self.separate(b',', index);
            self.text(guid.as_str(), VALUE);
        }
        self.end_field();
        for point in [engagement.start_at, engagement.end_at] {
            for coordinate in [point.x, point.y, point.z] {
                self.tenths(coordinate);
                self.end_field();
            }
        }
        self.tenths(engagement.distance_units);
        self.end_field();
        for (index, point) in engagement.positions.iter().enumerate() {
            self.separate(b'|', index);
            self.position(point);
        }
        self.end_field();
        for (index, attacker) in engagement.attackers.iter().enumerate() {
            self.separate(b'|', index);
            self.attacker(attacker);
        }
        self.end_field();
    }

    fn position(&mut self, point: &EngagementPoint) {
        self.whole(point.time.0);
        self.point(point.at);
        self.text.push(b',');
        self.text(point.event.as_str(), b"|;\r\n");
    }

    fn attacker(&mut self, attacker: &Attacker) {
        self.text(attacker.guid.as_str(), b",|\r\n");
        self.text.push(b',');
        self.text(attacker.name.as_str(), TUPLE);
        self.text.push(b',');
        self.text(attacker.team.as_str(), b",|\r\n");
        self.next(attacker.damage);
        self.next(attacker.hits);
        self.next(attacker.first_hit.0);
        self.next(attacker.last_hit.0);
        self.next(i32::from(attacker.got_kill));
        self.text.push(b',');
        for hits in &attacker.weapons {
            self.whole(hits.weapon.0);
            self.text.push(b':');
            self.whole(hits.hits);
            self.text.push(b';');
        }
        if attacker.weapons.is_empty() {
            self.text.extend_from_slice(b"0:0");
        }
    }

    pub(crate) fn kill_cell(&mut self, cell: &KillCell) {
        self.whole_field(cell.x);
        self.whole_field(cell.y);
        self.whole_field(cell.axis_kills);
        self.whole_field(cell.allies_kills);
    }

    pub(crate) fn movement_cell(&mut self, cell: &MovementCell) {
        self.whole_field(cell.x);
        self.whole_field(cell.y);
        self.whole_field(cell.traversal);
        self.whole_field(cell.combat);
        self.whole_field(cell.escape);
    }

    fn end_field(&mut self) {
        self.ends.push(self.text.len());
    }

    fn whole_field(&mut self, value: impl Into<i128>) {
        self.whole(value);
        self.end_field();
    }

    fn optional_field(&mut self, value: Option<impl Into<i128>>) {
        if let Some(value) = value {
            self.whole(value);
        }
        self.end_field();
    }

    fn text_field(&mut self, text: &str) {
        self.text(text, FIELD);
        self.end_field();
    }

    fn separate(&mut self, separator: u8, index: usize) {
        if index > 0 {
            self.text.push(separator);
        }
    }

    fn next(&mut self, value: impl Into<i128>) {
        self.text.push(b',');
        self.whole(value);
    }

    fn point(&mut self, point: WorldPoint) {
        for coordinate in [point.x, point.y, point.z] {
            self.text.push(b',');
            self.tenths(coordinate);
        }
    }

    /// Text, with `_` for every byte that would end it too early.
    fn text(&mut self, text: &str, ends: &[u8]) {
        self.text.extend(text.bytes().map(|b| if ends.contains(&b) { b'_' } else { b }));
    }

    fn whole(&mut self, value: impl Into<i128>) {
        let value = value.into();
        if value < 0 {
            self.text.push(b'-');
        }
        match u64::try_from(value.unsigned_abs()) {
            Ok(digits) => self.digits(digits),
            Err(_) => self.text.extend_from_slice(value.unsigned_abs().to_string().as_bytes()),
        }
    }

    /// As C's `%.1f`; what is not a number becomes 0.0, which every reader takes.
    fn tenths(&mut self, value: f32) {
        if !value.is_finite() {
            self.text.extend_from_slice(b"0.0");
            return;
        }
        // Exact: 24 bits times 10 fit into 53.
        let tenths = (f64::from(value.abs()) * 10.0).round_ties_even();
        if value.is_sign_negative() {
            self.text.push(b'-');
        }
        if tenths < 1e15 {
            let tenths = tenths as u64;
            self.digits(tenths / 10);
            self.text.extend_from_slice(&[b'.', b'0' + (tenths % 10) as u8]);
        } else {
            self.text.extend_from_slice(format!("{:.1}", value.abs()).as_bytes());
        }
    }

    fn digits(&mut self, mut value: u64) {
        let mut digits = [0; 20];
        let mut at = digits.len();
        loop {
            at -= 1;
            digits[at] = b'0' + (value % 10) as u8;
            value /= 10;
            if value == 0 {
                break;
            }
        }
        self.text.extend_from_slice(&digits[at..]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl Fn(&mut Record)) -> String {
        let mut record = Record::default();
        write(&mut record);
        String::from_utf8(record.text).unwrap()
    }

    #[test]
    fn tenths_are_written_as_c_writes_them() {
        for (value, text) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (-0.04, "-0.0"),
            (0.25, "0.2"),
            (0.75, "0.8"),
            (-1120.05, "-1120.1"),
            (131_072.0, "131072.0"),
            (1e10, "10000000000.0"),
            (6e24, "6000000083090567130513408.0"),
            (f32::NAN, "0.0"),
            (f32::NEG_INFINITY, "0.0"),
        ] {
            assert_eq!(written(|record| record.tenths(value)), text);
        }
    }

    #[test]
    fn every_tenth_of_the_world_survives() {
        for tenths in (-1_310_720..=1_310_720).step_by(7) {
            let text = format!(
                "{}{}.{}",
                if tenths < 0 { "-" } else { "" },
                i32::abs(tenths) / 10,
                i32::abs(tenths) % 10
            );
            let value: f32 = text.parse().unwrap();
            assert_eq!(written(|record| record.tenths(value)), text);
        }
    }

    #[test]
    fn whole_numbers() {
        for (value, text) in
            [(0, "0"), (-1, "-1"), (i64::MIN, "-9223372036854775808"), (i64::MAX, "9223372036854775807")]
        {
            assert_eq!(written(|record| record.whole(value)), text);
        }
        assert_eq!(written(|record| record.whole(u64::MAX)), "18446744073709551615");
    }

    #[test]
    fn a_name_cannot_break_out_of_its_field() {
        assert_eq!(written(|record| record.text("a;b\r\nc|d,e", FIELD)), "a_b__c|d,e");
        assert_eq!(written(|record| record.text("a;b\nc|d,e", VALUE)), "a_b_c_d_e");
    }
}
