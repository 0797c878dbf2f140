//! A row of `ENGAGEMENTS`.

use crate::format::error::ReadError;
use crate::format::read::lines::Line;
use crate::format::read::value::cursor::{Cursor, Moment};
use crate::format::read::value::fault::{Fault, Faults, What};
use crate::format::read::value::field::{Field, point, split, values};
use crate::format::read::value::row::RowError;
use crate::format::table::Columns;
use crate::model::{
    Attacker, Engagement, EngagementEvent, EngagementPoint, Guid, LevelTime, Outcome, PlayerName, Team,
    Weapon, WeaponHits,
};
use crate::text::decode;

/// Bytes of a usual position, for a guess at their number.
const USUAL_POSITION_BYTES: usize = 30;

/// Reads an engagement. Bad positions and attackers are reported and left out; `Err` when the row as a whole is bad.
pub(crate) fn read<'a>(
    line: Line<'a>,
    columns: &Columns,
    faults: &mut Faults,
) -> Result<Engagement, RowError<'a>> {
    let fields: [Field; 24] = columns.split(line)?;
    let [id, start_time, end_time, duration, target_guid, target_name, target_team, outcome, rest @ ..] =
        fields;
    let [total_damage, killer_guid, killer_name, num_attackers, is_crossfire, crossfire_delay, rest @ ..] =
        rest;
    let [participants, start_x, start_y, start_z, end_x, end_y, end_z, distance, positions, attackers] = rest;
    let number = line.number;
    let mut text = |field: Field<'a>, name| field.text(name, number, faults);
    let mut engagement = Engagement {
        id: id.whole("id")?,
        start: start_time.time("start_time")?,
        end: end_time.time("end_time")?,
        duration_ms: duration.whole("duration")?,
        total_damage: total_damage.whole("total_damage")?,
        num_attackers: num_attackers.whole("num_attackers")?,
        is_crossfire: is_crossfire.flag("is_crossfire")?,
        crossfire_delay_ms: crossfire_delay.optional("crossfire_delay")?,
        start_at: point([(start_x, "start_x"), (start_y, "start_y"), (start_z, "start_z")])?,
        end_at: point([(end_x, "end_x"), (end_y, "end_y"), (end_z, "end_z")])?,
        distance_units: distance.number("distance_traveled")?,
        target_guid: Guid::new(text(target_guid, "target_guid")),
        target_name: PlayerName(text(target_name, "target_name").into()),
        target_team: Team::from(&*text(target_team, "target_team")),
        outcome: Outcome::from(&*text(outcome, "outcome")),
        killer_guid: present(killer_guid).map(|guid| Guid::new(text(guid, "killer_guid"))),
        killer_name: present(killer_name).map(|name| PlayerName(text(name, "killer_name").into())),
        crossfire_participants: present(participants)
            .into_iter()
            .flat_map(|guids| split(guids, b','))
            .map(|guid| Guid::new(text(guid, "crossfire_participants")))
            .collect(),
        positions: Vec::new(),
        attackers: Vec::new(),
    };
    read_positions(positions, line, &mut engagement.positions, faults)?;
    if let Some(attackers) = present(attackers) {
        for (index, tuple) in split(attackers, b'|').enumerate() {
            match read_attacker(tuple, line, faults) {
                Ok(attacker) => engagement.attackers.push(attacker),
                Err(fault) => report(&fault, index + 1, "attacker", line, faults)?,
            }
        }
    }
    Ok(engagement)
}

fn present(field: Field<'_>) -> Option<Field<'_>> {
    (!field.bytes.is_empty()).then_some(field)
}

fn read_positions(
    positions: Field,
    line: Line,
    points: &mut Vec<EngagementPoint>,
    faults: &mut Faults,
) -> Result<(), ReadError> {
    if positions.bytes.is_empty() {
        return Ok(());
    }
    let (text, end) = (line.bytes, positions.offset + positions.bytes.len());
    points.reserve_exact(positions.bytes.len().div_ceil(USUAL_POSITION_BYTES));
    let (mut at, mut number) = (positions.offset, 1);
    let mut usual = Moment::NONE;
    loop {
        at = if let Some((point, next)) = read_usual_position(&mut usual, line.ahead, at)
            && (next == end || (next < end && text[next] == b'|'))
        {
            points.push(point);
            next
        } else {
            let next = memchr::memchr(b'|', &text[at..end]).map_or(end, |bar| at + bar);
            match read_any_position(Field { offset: at, bytes: &text[at..next] }) {
                Ok(point) => points.push(point),
                Err(fault) => report(&fault, number, "position", line, faults)?,
            }
            next
        };
        if at == end {
            return Ok(());
        }
        at += 1;
        number += 1;
    }
}

/// Reads a position of the usual shape that starts at byte `at` of `text`, and returns where its event's word should end.
#[expect(clippy::inline_always, reason = "a position that is not built in its place costs twice as much")]
#[inline(always)]
fn read_usual_position(usual: &mut Moment, text: &[u8], at: usize) -> Option<(EngagementPoint, usize)> {
    let mut cursor = Cursor::new(text, at)?;
    let (time, place) = cursor.moment(usual)?;
    let event = if cursor.take(b"sample") {
        EngagementEvent::Sample
    } else if cursor.take(b"hit") {
        EngagementEvent::Hit
    } else if cursor.take(b"start") {
        EngagementEvent::Start
    } else if cursor.take(b"death") {
        EngagementEvent::Death
    } else if cursor.take(b"escape") {
        EngagementEvent::Escape
    } else {
        return None;
    };
    Some((EngagementPoint { time: LevelTime(time), at: place, event }, at + cursor.at()))
}

fn read_any_position(tuple: Field<'_>) -> Result<EngagementPoint, Fault<'_>> {
    let [time, x, y, z, event] = values(tuple, "5: time,x,y,z,event")?;
    if event.bytes.is_empty() {
        return Err(event.fault("event", "a word"));
    }
    let event = EngagementEvent::from(&*decode(event.bytes).0);
    Ok(EngagementPoint { time: time.time("time")?, at: point([(x, "x"), (y, "y"), (z, "z")])?, event })
}

fn read_attacker<'a>(tuple: Field<'a>, line: Line, faults: &mut Faults) -> Result<Attacker, Fault<'a>> {
    let expected = "9: guid,name,team,damage,hits,first_hit,last_hit,got_kill,weapons";
    let [guid, rest] = values(tuple, expected)?;
    // From the end, because version 3 leaves commas in names.
    let mut name = rest;
    let mut last = [Field::default(); 7];
    for (index, slot) in last.iter_mut().enumerate().rev() {
        let Some(comma) = memchr::memrchr(b',', name.bytes) else {
            let found = 2 + last.len() - 1 - index;
            return Err(Fault { offset: tuple.offset, what: What::Values { found, expected } });
        };
        *slot = Field { offset: name.offset + comma + 1, bytes: &name.bytes[comma + 1..] };
        name.bytes = &name.bytes[..comma];
    }
    let [team, damage, hits, first_hit, last_hit, got_kill, weapons] = last;
    Ok(Attacker {
        damage: damage.whole("damage")?,
        hits: hits.whole("hits")?,
        first_hit: first_hit.time("first_hit")?,
        last_hit: last_hit.time("last_hit")?,
        got_kill: got_kill.flag("got_kill")?,
        weapons: read_weapons(weapons)?,
        guid: Guid::new(guid.text("attacker's guid", line.number, faults)),
        name: PlayerName(name.text("attacker's name", line.number, faults).into()),
        team: Team::from(&*team.text("attacker's team", line.number, faults)),
    })
}

/// `id:count;` repeated, or `0:0`.
fn read_weapons(weapons: Field<'_>) -> Result<Vec<WeaponHits>, Fault<'_>> {
    if matches!(weapons.bytes, b"" | b"0:0") {
        return Ok(Vec::new());
    }
    let list = Field { bytes: weapons.bytes.strip_suffix(b";").unwrap_or(weapons.bytes), ..weapons };
    let read = |item: Field<'_>| {
        let mut parts = split(item, b':');
        let (id, count) = (parts.next()?, parts.next()?);
        let (weapon, hits) = (id.whole("weapon").ok()?, count.whole("hits").ok()?);
        parts.next().is_none().then_some(WeaponHits { weapon: Weapon(weapon), hits })
    };
    split(list, b';').map(|item| read(item).ok_or(item.fault("weapons", "id:count"))).collect()
}

fn report(
    fault: &Fault,
    number: usize,
    what: &str,
    line: Line,
    faults: &mut Faults,
) -> Result<(), ReadError> {
    faults.lost(line.number, fault.offset, format_args!("{what} {number}: {}", fault.what))
}
