//! An engagement.

use crate::geom::WorldPoint;
use crate::model::{
    Attacker, Engagement, EngagementPoint, Guid, LevelTime, Outcome, PlayerName, Team, Weapon, WeaponHits,
};
use crate::store::packed::bits::{put_number, put_text, take_text};
use crate::store::packed::column::{self, Scratch};
use crate::store::packed::corrupt::Corrupt;
use crate::store::packed::field::{
    VERSION, put_i64, put_maybe, seal, take_bool, take_bounded, take_count, take_i32, take_i64, take_maybe,
};
use crate::store::packed::{decimal, words};

/// Who took part in an engagement; not packed.
#[derive(Debug, Clone, PartialEq)]
pub struct Participants {
    /// Who was attacked.
    pub target: (Guid, PlayerName),
    /// Who killed the target.
    pub killer: (Option<Guid>, Option<PlayerName>),
    /// Who attacked, in the engagement's order.
    pub attackers: Vec<(Guid, PlayerName)>,
    /// Whom the file lists as crossfire, in its order.
    pub participants: Vec<Guid>,
}

/// Packs an engagement. Who took part is not in it.
pub fn pack_engagement(engagement: &Engagement) -> Vec<u8> {
    let points = &engagement.positions;
    let mut out = Vec::with_capacity(96 + points.len() * 5);
    out.push(VERSION);
    put_number(&mut out, points.len() as u64);
    put_i64(&mut out, engagement.id);
    put_i64(&mut out, engagement.start.0.into());
    put_i64(&mut out, engagement.end.0.into());
    put_i64(&mut out, engagement.duration_ms);
    words::put(&mut out, engagement.outcome.as_str());
    words::put(&mut out, engagement.target_team.as_str());
    put_i64(&mut out, engagement.total_damage);
    put_i64(&mut out, engagement.num_attackers);
    out.push(u8::from(engagement.is_crossfire));
    put_maybe(&mut out, engagement.crossfire_delay_ms);
    let (start, end) = (engagement.start_at, engagement.end_at);
    let places = [start.x, start.y, start.z, end.x, end.y, end.z, engagement.distance_units];
    let (mut whole, mut scratch) = (Vec::with_capacity(points.len()), Scratch::default());
    decimal::put(&mut out, places.into_iter(), &[], &mut whole, &mut scratch);
    let mut events: Vec<&str> = KNOWN.to_vec();
    let numbers: Vec<i32> = points
        .iter()
        .map(|point| {
            let word = point.event.as_str();
            let place = events.iter().position(|known| *known == word).unwrap_or_else(|| {
                events.push(word);
                events.len() - 1
            });
            place as i32
        })
        .collect();
    put_number(&mut out, (events.len() - KNOWN.len()) as u64);
    for word in &events[KNOWN.len()..] {
        put_text(&mut out, word);
    }
    whole.clear();
    whole.extend(points.iter().map(|point| point.time.0));
    column::put(&mut out, &whole, &mut scratch);
    decimal::put(&mut out, points.iter().map(|point| point.at.x), &[], &mut whole, &mut scratch);
    decimal::put(&mut out, points.iter().map(|point| point.at.y), &[], &mut whole, &mut scratch);
    decimal::put(&mut out, points.iter().map(|point| point.at.z), &[], &mut whole, &mut scratch);
    column::put(&mut out, &numbers, &mut scratch);
    put_number(&mut out, engagement.attackers.len() as u64);
    for attacker in &engagement.attackers {
        put_attacker(&mut out, attacker);
    }
    seal(&mut out);
    out
}

fn put_attacker(out: &mut Vec<u8>, attacker: &Attacker) {
    words::put(out, attacker.team.as_str());
    put_i64(out, attacker.damage);
    put_i64(out, attacker.hits);
    put_i64(out, attacker.first_hit.0.into());
    put_i64(out, attacker.last_hit.0.into());
    out.push(u8::from(attacker.got_kill));
    put_number(out, attacker.weapons.len() as u64);
    for hits in &attacker.weapons {
        out.push(hits.weapon.0);
        put_i64(out, hits.hits);
    }
}

/// What [`pack_engagement`] packed, as an engagement of the given players.
///
/// # Errors
/// When the bytes are not a packed engagement, or it had another number of attackers.
pub fn unpack_engagement(mut bytes: &[u8], who: Participants) -> Result<Engagement, Corrupt> {
    let bytes = &mut bytes;
    let (_, count) = take_count(bytes)?;
    let id = take_i64(bytes)?;
    let start = LevelTime(take_i32(bytes)?);
    let end = LevelTime(take_i32(bytes)?);
    let duration_ms = take_i64(bytes)?;
    let outcome = Outcome::from(words::take(bytes)?);
    let target_team = Team::from(words::take(bytes)?);
    let total_damage = take_i64(bytes)?;
    let num_attackers = take_i64(bytes)?;
    let is_crossfire = take_bool(bytes)?;
    let crossfire_delay_ms = take_maybe(bytes)?;
    let mut places = [0.0; 7];
    decimal::take(bytes, places.len(), &[], |index, value| places[index] = value)?;
    let positions = take_positions(bytes, count)?;
    if take_bounded(bytes)? != who.attackers.len() {
        return Err(Corrupt("an engagement has lost an attacker"));
    }
    let attackers = who.attackers.into_iter().map(|(guid, name)| take_attacker(bytes, guid, name));
    let attackers = attackers.collect::<Result<_, _>>()?;
    if !bytes.is_empty() {
        return Err(Corrupt("something follows after its end"));
    }
    let [start_x, start_y, start_z, end_x, end_y, end_z, distance_units] = places;
    Ok(Engagement {
        id,
        start,
        end,
        duration_ms,
        target_guid: who.target.0,
        target_name: who.target.1,
        target_team,
        outcome,
        total_damage,
        killer_guid: who.killer.0,
        killer_name: who.killer.1,
        num_attackers,
        is_crossfire,
        crossfire_delay_ms,
        crossfire_participants: who.participants,
        start_at: WorldPoint::new(start_x, start_y, start_z),
        end_at: WorldPoint::new(end_x, end_y, end_z),
        distance_units,
        positions,
        attackers,
    })
}

fn take_positions(bytes: &mut &[u8], count: usize) -> Result<Vec<EngagementPoint>, Corrupt> {
    let mut events: Vec<&str> = KNOWN.to_vec();
    for _ in 0..take_bounded(bytes)? {
        events.push(take_text(bytes)?);
    }
    let mut rows = vec![(0, WorldPoint::new(0.0, 0.0, 0.0)); count];
    column::take(bytes, count, |index, value| {
        rows[index].0 = value;
        Ok(())
    })?;
    decimal::take(bytes, count, &[], |index, value| rows[index].1.x = value)?;
    decimal::take(bytes, count, &[], |index, value| rows[index].1.y = value)?;
    decimal::take(bytes, count, &[], |index, value| rows[index].1.z = value)?;
    let mut points = Vec::with_capacity(count);
    column::take(bytes, count, |index, value| {
        let word = usize::try_from(value).ok().and_then(|place| events.get(place));
        let event = (*word.ok_or(Corrupt("an event is unknown"))?).into();
        points.push(EngagementPoint { time: LevelTime(rows[index].0), at: rows[index].1, event });
        Ok(())
    })?;
    Ok(points)
}

fn take_attacker(bytes: &mut &[u8], guid: Guid, name: PlayerName) -> Result<Attacker, Corrupt> {
    let team = Team::from(words::take(bytes)?);
    let (damage, hits) = (take_i64(bytes)?, take_i64(bytes)?);
    let (first_hit, last_hit) = (LevelTime(take_i32(bytes)?), LevelTime(take_i32(bytes)?));
    let got_kill = take_bool(bytes)?;
    let mut weapons = Vec::new();
    for _ in 0..take_bounded(bytes)? {
        let weapon = Weapon(super::bits::take_byte(bytes)?);
        weapons.push(WeaponHits { weapon, hits: take_i64(bytes)? });
    }
    Ok(Attacker { guid, name, team, damage, hits, first_hit, last_hit, got_kill, weapons })
}

/// Events that need not be written out; their order is part of the form.
const KNOWN: [&str; 6] = ["sample", "hit", "start", "escape", "death", "round_end"];
