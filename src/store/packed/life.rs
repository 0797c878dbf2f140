//! A life.

use super::bits::{put_number, put_text, take_number, take_text};
use super::{
    Corrupt, VERSION, column, decimal, put_i64, put_maybe, tails, take_bool, take_bounded, take_count,
    take_i32, words,
};
use crate::geom::WorldPoint;
use crate::model::{
    Class, DeathType, Event, Guid, LevelTime, PlayerName, Sample, Tails, Team, Track, Weapon,
};

/// Packs a life. Whose it was is not in it.
pub fn pack_life(track: &Track) -> Vec<u8> {
    let samples = &track.samples;
    let mut out = Vec::with_capacity(64 + samples.len() * 6);
    out.push(VERSION);
    put_number(&mut out, samples.len() as u64);
    words::put(&mut out, track.team.as_str());
    words::put(&mut out, track.class.as_str());
    out.push(u8::from(track.death_type.is_some()));
    if let Some(word) = &track.death_type {
        words::put(&mut out, word.as_str());
    }
    put_i64(&mut out, track.spawn.0.into());
    put_maybe(&mut out, track.end.map(|time| time.0.into()));
    put_maybe(&mut out, track.first_move.map(|time| time.0.into()));
    put_number(&mut out, track.declared_samples);
    put_number(&mut out, track.other_events.len() as u64);
    for word in &track.other_events {
        put_text(&mut out, word);
    }
    let (mut whole, mut scratch) = (Vec::with_capacity(samples.len()), Vec::with_capacity(samples.len()));
    let mut integers = |out: &mut Vec<u8>, of: fn(&Sample) -> i32| {
        whole.clear();
        whole.extend(samples.iter().map(of));
        column::put(out, &whole, &mut scratch);
    };
    integers(&mut out, |s| s.time.0);
    integers(&mut out, |s| s.health.into());
    integers(&mut out, |s| s.weapon.0.into());
    integers(&mut out, |s| s.stance.into());
    integers(&mut out, |s| s.sprint.into());
    integers(&mut out, |s| number_of(s.event));
    let mut decimals = |out: &mut Vec<u8>, of: fn(&Sample) -> f32| {
        decimal::put(out, samples.iter().map(of), &mut whole, &mut scratch);
    };
    decimals(&mut out, |s| s.at.x);
    decimals(&mut out, |s| s.at.y);
    decimals(&mut out, |s| s.at.z);
    decimals(&mut out, |s| s.speed_ups);
    tails::put(&mut out, &track.tails);
    out
}

/// What [`pack_life`] packed, as the life of the given player.
///
/// # Errors
/// When the bytes are not a packed life.
pub fn unpack_life(mut bytes: &[u8], guid: Guid, name: PlayerName) -> Result<Track, Corrupt> {
    let bytes = &mut bytes;
    let count = take_count(bytes)?;
    let team = Team::from(words::take(bytes)?);
    let class = Class::from(words::take(bytes)?);
    let death_type = if take_bool(bytes)? { Some(DeathType::from(words::take(bytes)?)) } else { None };
    let spawn = LevelTime(take_i32(bytes)?);
    let moment = |bytes: &mut &[u8]| -> Result<Option<LevelTime>, Corrupt> {
        if take_bool(bytes)? { take_i32(bytes).map(|time| Some(LevelTime(time))) } else { Ok(None) }
    };
    let end = moment(bytes)?;
    let first_move = moment(bytes)?;
    let declared_samples = take_number(bytes)?;
    let mut other_events = Vec::new();
    for _ in 0..take_bounded(bytes)? {
        other_events.push(take_text(bytes)?.into());
    }
    let blank = Sample {
        time: LevelTime(0),
        at: WorldPoint::new(0.0, 0.0, 0.0),
        speed_ups: 0.0,
        health: 0,
        weapon: Weapon(0),
        stance: 0,
        sprint: 0,
        event: Event::Sample,
    };
    let mut samples = vec![blank; count];
    column::take(bytes, count, |index, value| {
        samples[index].time = LevelTime(value);
        Ok(())
    })?;
    column::take(bytes, count, |index, value| {
        samples[index].health =
            i16::try_from(value).map_err(|_| Corrupt("a health has more than 16 bits"))?;
        Ok(())
    })?;
    column::take(bytes, count, |index, value| {
        byte(value).map(|value| samples[index].weapon = Weapon(value))
    })?;
    column::take(bytes, count, |index, value| byte(value).map(|value| samples[index].stance = value))?;
    column::take(bytes, count, |index, value| byte(value).map(|value| samples[index].sprint = value))?;
    column::take(bytes, count, |index, value| event_of(value).map(|event| samples[index].event = event))?;
    decimal::take(bytes, count, |index, value| samples[index].at.x = value)?;
    decimal::take(bytes, count, |index, value| samples[index].at.y = value)?;
    decimal::take(bytes, count, |index, value| samples[index].at.z = value)?;
    decimal::take(bytes, count, |index, value| samples[index].speed_ups = value)?;
    let mut tails = Tails::default();
    tails::take(bytes, &mut tails)?;
    if !bytes.is_empty() {
        return Err(Corrupt("something follows after its end"));
    }
    Ok(Track {
        guid,
        name,
        team,
        class,
        spawn,
        end,
        first_move,
        death_type,
        declared_samples,
        samples,
        other_events,
        tails,
    })
}

fn byte(value: i32) -> Result<u8, Corrupt> {
    u8::try_from(value).map_err(|_| Corrupt("a value has more than eight bits"))
}

/// Events by their number; new ones are added at the end only.
const EVENTS: [Event; 14] = [
    Event::Sample,
    Event::Spawn,
    Event::Revived,
    Event::Death,
    Event::RoundEnd,
    Event::Killed,
    Event::SelfKill,
    Event::Fallen,
    Event::World,
    Event::TeamKill,
    Event::Disconnect,
    Event::Unknown,
    Event::Shutdown,
    Event::TeamChange,
];

/// Numbers from here on are a life's own words; room is left for new events below.
const FIRST_OTHER: i32 = 64;

fn number_of(event: Event) -> i32 {
    if let Event::Other(index) = event {
        return FIRST_OTHER + i32::from(index);
    }
    EVENTS.iter().position(|known| *known == event).unwrap_or(0) as i32
}

fn event_of(number: i32) -> Result<Event, Corrupt> {
    let unknown = Corrupt("an event is unknown");
    if number >= FIRST_OTHER {
        return u8::try_from(number - FIRST_OTHER).map(Event::Other).map_err(|_| unknown);
    }
    usize::try_from(number).ok().and_then(|place| EVENTS.get(place)).copied().ok_or(unknown)
}
