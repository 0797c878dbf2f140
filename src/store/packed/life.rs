//! A life.

use crate::geom::WorldPoint;
use crate::model::{
    Class, DeathType, Event, Guid, LevelTime, PlayerName, Sample, Tails, Team, Track, Weapon,
};
use crate::store::packed::bits::{put_number, put_text, take_number, take_text};
use crate::store::packed::column::{self, Scratch};
use crate::store::packed::corrupt::Corrupt;
use crate::store::packed::expected::{self, Velocities};
use crate::store::packed::field::{
    FIRST_VERSION, VERSION, put_i64, put_maybe, seal, take_bool, take_bounded, take_count, take_i32,
};
use crate::store::packed::tails::{self, TailsTaken};
use crate::store::packed::{decimal, words};

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
    let (mut whole, mut scratch) = (Vec::with_capacity(samples.len()), Scratch::default());
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
    let velocities = tails::put(&mut out, &track.tails, &mut scratch);
    let expected = expectations(samples, &velocities);
    for (of, expected) in DECIMALS.into_iter().zip(&expected) {
        let values = samples.iter().copied().map(|mut sample| *of(&mut sample));
        decimal::put(&mut out, values, expected, &mut whole, &mut scratch);
    }
    seal(&mut out);
    out
}

/// What [`pack_life`] packed, as the life of the given player.
///
/// # Errors
/// When the bytes are not a packed life.
pub fn unpack_life(bytes: &[u8], guid: Guid, name: PlayerName) -> Result<Track, Corrupt> {
    unpack_life_with(TailsTaken::Whole, bytes, guid, name)
}

/// The same with so much of its samples' tails.
pub(in crate::store) fn unpack_life_with(
    taken: TailsTaken,
    mut bytes: &[u8],
    guid: Guid,
    name: PlayerName,
) -> Result<Track, Corrupt> {
    let bytes = &mut bytes;
    let (version, count) = take_count(bytes)?;
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
    let mut tails = Tails::default();
    let mut velocities = Velocities::default();
    if version > FIRST_VERSION {
        velocities = tails::take(bytes, taken, &mut tails)?;
    }
    let expected = expectations(&samples, &velocities);
    for (of, expected) in DECIMALS.into_iter().zip(&expected) {
        decimal::take(bytes, count, expected, |index, value| *of(&mut samples[index]) = value)?;
    }
    if version == FIRST_VERSION {
        tails::take(bytes, taken, &mut tails)?;
    }
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

/// What of a sample is kept as decimals, in the order of the form.
const DECIMALS: [fn(&mut Sample) -> &mut f32; 4] =
    [|s| &mut s.at.x, |s| &mut s.at.y, |s| &mut s.at.z, |s| &mut s.speed_ups];

/// Tenths that each of [`DECIMALS`] is told apart from: nothing where not every sample has a velocity.
fn expectations(samples: &[Sample], velocities: &Velocities) -> [Vec<i32>; 4] {
    if velocities[0].len() != samples.len() {
        return Default::default();
    }
    let times: Vec<i32> = samples.iter().map(|sample| sample.time.0).collect();
    let [x, y, z] = velocities.each_ref().map(|velocities| expected::covered(&times, velocities));
    [x, y, z, expected::speed(velocities)]
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
