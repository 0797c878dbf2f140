//! A round to rows of a lake's tables.

use parquet::data_type::ByteArray;

use super::error::{LakeError, Result};
use super::people::{RoundIds, first_63_bits};
use super::schema::{Cells, Engagements, Lives, Revives, Rounds, Samples, Table as _};
use crate::analysis::{
    DropReason, Dropped, Filter, Life, LowMeaning, RoundClock, StateDecoder, StepKind, Who, lives,
    round_number, session_date,
};
use crate::model::{Detail, Event, Round, RoundMeta, Track};
use crate::store::{header_text, packed};

/// Version of the cleaning: raised when `step` or the sums of `lives` come out differently, so that `compact` makes them anew.
pub(super) const CLEANED_BY: i32 = 2;

/// `step` of a life's last used sample.
pub(super) const LAST: i32 = -1;
/// `step` of a sample that is not used.
pub(super) const UNUSED: i32 = -2;
/// `step` of the first break.
pub(super) const FIRST_BREAK: i32 = 16;
/// Events from here on are a life's own words.
pub(super) const FIRST_OTHER: i32 = 64;

/// The rows of all tables but `samples`, which are too many to be kept until the end.
#[derive(Debug, Default)]
pub(super) struct SmallTables {
    pub(super) rounds: Rounds,
    pub(super) lives: Lives,
    pub(super) engagements: Engagements,
    pub(super) revives: Revives,
    pub(super) cells: Cells,
}

impl SmallTables {
    /// Adds the rows of others.
    pub(super) fn append(&mut self, mut more: Self) {
        self.rounds.append(&mut more.rounds);
        self.lives.append(&mut more.lives);
        self.engagements.append(&mut more.engagements);
        self.revives.append(&mut more.revives);
        self.cells.append(&mut more.cells);
    }
}

/// The number of a round.
pub(super) fn round_id(meta: &RoundMeta) -> i64 {
    use sha2::Digest;
    let hash = &meta.content_hash;
    let mut digits = hash.as_bytes().chunks_exact(2).map(|pair| {
        let digit = |byte: u8| char::from(byte).to_digit(16);
        Some((digit(pair[0])? * 16 + digit(pair[1])?) as u8)
    });
    match digits.by_ref().take(8).collect::<Option<Vec<u8>>>() {
        Some(bytes) if bytes.len() == 8 => first_63_bits(&bytes),
        // A store has other texts for rounds whose file is not known any more.
        _ => first_63_bits(&sha2::Sha256::digest(hash.as_bytes())),
    }
}

/// Appends the rows of a round.
pub(super) fn add(
    round: &Round,
    ids: &RoundIds,
    tables: &mut SmallTables,
    samples: &mut Samples,
) -> Result<()> {
    let id = round_id(&round.meta);
    let clean = lives(round, &Filter::everything());
    let mut used = clean.lives.iter().peekable();
    samples.reserve(round.samples());
    for (index, track) in round.tracks.iter().enumerate() {
        let life = used.next_if(|life| life.track_index() == index);
        let (player, alias) = ids.lives[index];
        let dropped = clean.dropped_of(index);
        add_life(id, index, track, (player, alias), life, &dropped, &mut tables.lives);
        add_samples(id, index, track, player, life, samples);
    }
    add_engagements(id, round, ids, &mut tables.engagements);
    let rows = &mut tables.revives;
    for (revive, (player, medic)) in round.revives.iter().zip(&ids.revives) {
        rows.round.push(id);
        rows.t.push(revive.time.0);
        rows.player.push(*player);
        rows.medic.push(*medic);
        rows.x.push(revive.at.x);
        rows.y.push(revive.at.y);
        rows.z.push(revive.at.z);
    }
    let rows = &mut tables.cells;
    let mut cell = |kills, x, y, values: [i64; 3]| {
        rows.round.push(id);
        rows.kills.push(kills);
        rows.x.push(x);
        rows.y.push(y);
        rows.a.push(values[0]);
        rows.b.push(values[1]);
        rows.c.push(values[2]);
    };
    round.kill_cells.iter().for_each(|c| cell(true, c.x, c.y, [c.axis_kills, c.allies_kills, 0]));
    round.movement_cells.iter().for_each(|c| cell(false, c.x, c.y, [c.traversal, c.combat, c.escape]));
    add_round(id, round, clean.meaning, &clean.clock, &mut tables.rounds)
}

fn add_round(
    id: i64,
    round: &Round,
    meaning: StateDecoder,
    clock: &RoundClock,
    rows: &mut Rounds,
) -> Result<()> {
    let meta = &round.meta;
    let days = session_date(meta).and_then(|date| {
        let epoch = jiff::civil::date(1970, 1, 1);
        date.since(epoch).ok().map(|span| span.get_days())
    });
    let days = days.ok_or_else(|| {
        LakeError::Unstorable("neither its name nor its header says when it was played".to_owned())
    })?;
    let text = |text: &str| ByteArray::from(text);
    let header = header_text(meta);
    rows.round.push(id);
    rows.sha256.push(text(&meta.content_hash));
    rows.file_name.push(meta.file_name.as_deref().map(text));
    rows.map_name.push(text(&meta.map));
    rows.session_date.push(days);
    rows.number.push(round_number(meta).and_then(|number| i32::try_from(number).ok()));
    rows.started_s.push(meta.start_unix);
    rows.tracker.push(meta.tracker_version.as_deref().map(text));
    rows.family.push(text(meta.family.name()));
    rows.stance_known.push(meaning.stance as i32);
    rows.sprint_known.push(meaning.sprint as i32);
    rows.interval_ms.push(meta.interval_ms.and_then(|ms| i32::try_from(ms).ok()));
    rows.live_ms.push(-clock.since_live_ms(crate::model::LevelTime(0)));
    rows.complete.push(meta.complete);
    let count = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
    rows.lives.push(count(round.tracks.len()));
    rows.samples.push(count(round.samples()));
    rows.engagements.push(count(round.engagements.len()));
    rows.revives.push(count(round.revives.len()));
    rows.cells.push(count(round.kill_cells.len() + round.movement_cells.len()));
    rows.cleaned_by.push(CLEANED_BY);
    rows.header.push(text(&header));
    rows.low_is_crouch.push(Some(meaning.low == LowMeaning::Crouch));
    Ok(())
}

fn add_life(
    id: i64,
    index: usize,
    track: &Track,
    (player, alias): (i64, i64),
    life: Option<&Life<'_>>,
    dropped: &Dropped,
    rows: &mut Lives,
) {
    let micros = |ms: i64| ms.max(0) * 1_000;
    let word = |is_other: bool, word: &str| is_other.then(|| ByteArray::from(word));
    let who = Who::of(track);
    let (team, class) = (who.team.into(), who.class.into());
    rows.round.push(id);
    rows.life.push(index as i32);
    rows.player.push(player);
    rows.alias.push(alias);
    rows.bot.push(who.is_bot);
    rows.team.push(team);
    rows.team_word.push(word(team == 2, track.team.as_str()));
    rows.class.push(class);
    rows.class_word.push(word(class == 6, track.class.as_str()));
    rows.spawn_ms.push(track.spawn.0);
    rows.end_ms.push(track.end.map(|time| time.0));
    rows.first_move_ms.push(track.first_move.map(|time| time.0));
    rows.death_type.push(track.death_type.as_ref().map(|how| ByteArray::from(how.as_str())));
    rows.declared_samples.push(track.declared_samples as i64);
    rows.samples.push(track.samples.len() as i32);
    rows.used_samples.push(life.map_or(0, |life| life.recorded_samples() as i32));
    rows.tails.push(track.tails.len() as i32);
    let whole = dropped.iter().find(|(_, lives, _)| *lives > 0).map(|(reason, ..)| reason);
    rows.dropped.push(whole.map(|reason| reason as i32));
    for (column, reason) in rows.lost_mut().into_iter().zip(DropReason::ALL) {
        column.push(i32::try_from(dropped.samples(reason)).ok());
    }
    rows.alive_us.push(life.map_or(0, |life| micros(life.alive_ms())));
    rows.uncovered_us.push(life.map_or(0, |life| micros(life.uncovered_ms())));
    let broken = |life: &Life<'_>| {
        let breaks = life.steps().filter(|step| matches!(step.kind, StepKind::Break(_)));
        breaks.map(|step| micros(step.dt_ms)).sum()
    };
    rows.broken_us.push(life.map_or(0, broken));
    let words = (!track.other_events.is_empty()).then(|| serde_json::json!(track.other_events).to_string());
    rows.words.push(words.map(|words| ByteArray::from(words.as_str())));
}

impl Lives {
    /// Samples left out, in the order of [`DropReason::ALL`].
    pub(super) fn lost(&self) -> [&Vec<Option<i32>>; 9] {
        [
            &self.lost_limbo,
            &self.lost_spectator,
            &self.lost_camera,
            &self.lost_damaged,
            &self.lost_out_of_order,
            &self.lost_duplicate,
            &self.lost_overlap,
            &self.lost_wounded,
            &self.lost_empty,
        ]
    }

    fn lost_mut(&mut self) -> [&mut Vec<Option<i32>>; 9] {
        [
            &mut self.lost_limbo,
            &mut self.lost_spectator,
            &mut self.lost_camera,
            &mut self.lost_damaged,
            &mut self.lost_out_of_order,
            &mut self.lost_duplicate,
            &mut self.lost_overlap,
            &mut self.lost_wounded,
            &mut self.lost_empty,
        ]
    }
}

/// Adds numbers in tenths, and the numbers themselves where they are not exactly that.
fn add_tenths(values: impl Iterator<Item = f32> + Clone, tenths: &mut Vec<i32>, odd: &mut Vec<Option<f32>>) {
    tenths.extend(values.clone().map(tenths_of));
    odd.extend(values.map(|value| {
        let is_odd = units(tenths_of(value)).to_bits() != value.to_bits();
        is_odd.then_some(value)
    }));
}

/// The nearest number of tenths, halves away from zero; 0 for no number.
fn tenths_of(value: f32) -> i32 {
    const MOST: f64 = 1e9;
    // Ten times an f32 is exact in an f64, and so is the half: this is `round`, which is no instruction of every processor.
    let tenths = (f64::from(value) * 10.0).clamp(-MOST, MOST);
    (tenths + 0.5_f64.copysign(tenths)) as i32
}

/// Tenths as the number they stand for.
pub(super) fn units(tenths: i32) -> f32 {
    (f64::from(tenths) / 10.0) as f32
}

/// The seven numbers of our own tracker, if the columns are exactly they: as [`tail_text`] writes them.
fn detail(tail: &str) -> Option<Detail> {
    let mut rest = tail.as_bytes();
    let mut values = [0; 7];
    for (place, value) in values.iter_mut().enumerate() {
        if place > 0 {
            rest = rest.strip_prefix(b",")?;
        }
        *value = plain_number(&mut rest)?;
    }
    let [yaw, stamina, pm_flags, eflags, x, y, z] = values;
    let small = |value: i32| i16::try_from(value).ok();
    let velocity = [small(x)?, small(y)?, small(z)?];
    rest.is_empty().then_some(Detail { yaw_degrees: small(yaw)?, stamina, pm_flags, eflags, velocity })
}

/// The whole number that a text begins with, if it stands as it would be written again: no `+`, `-0` or `007`.
fn plain_number(text: &mut &[u8]) -> Option<i32> {
    const MOST_DIGITS: usize = 10;
    let (sign, digits) = text.strip_prefix(b"-").map_or((1, *text), |digits| (-1, digits));
    let count = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = digits.split_at(count);
    let is_plain = match digits {
        [] => false,
        [b'0'] => sign > 0,
        [first, ..] => *first != b'0' && count <= MOST_DIGITS,
    };
    *text = rest;
    let value = || digits.iter().fold(0, |value: i64, digit| value * 10 + i64::from(digit - b'0'));
    if is_plain { i32::try_from(sign * value()).ok() } else { None }
}

/// The columns that our own tracker writes for seven numbers.
pub(super) fn tail_text(detail: &Detail, text: &mut String) {
    use std::fmt::Write as _;
    let Detail { yaw_degrees, stamina, pm_flags, eflags, velocity: [x, y, z] } = detail;
    // Writing to a String cannot fail.
    let _ = write!(text, "{yaw_degrees},{stamina},{pm_flags},{eflags},{x},{y},{z}");
}

fn add_samples(
    id: i64,
    index: usize,
    track: &Track,
    player: i64,
    life: Option<&Life<'_>>,
    rows: &mut Samples,
) {
    let first = rows.round.len();
    let end = first + track.samples.len();
    let who = Who::of(track);
    rows.round.resize(end, id);
    rows.life.resize(end, index as i32);
    rows.player.resize(end, player);
    rows.bot.resize(end, who.is_bot);
    rows.team.resize(end, who.team.into());
    rows.class.resize(end, who.class.into());
    rows.dx.resize(end, 0);
    rows.dy.resize(end, 0);
    rows.dt.resize(end, 0);
    rows.step.resize(end, UNUSED);
    let samples = track.samples.iter();
    rows.t.extend(samples.clone().map(|sample| sample.time.0));
    add_tenths(samples.clone().map(|sample| sample.at.x), &mut rows.x, &mut rows.odd_x);
    add_tenths(samples.clone().map(|sample| sample.at.y), &mut rows.y, &mut rows.odd_y);
    add_tenths(samples.clone().map(|sample| sample.at.z), &mut rows.z, &mut rows.odd_z);
    add_tenths(samples.clone().map(|sample| sample.speed_ups), &mut rows.speed, &mut rows.odd_speed);
    rows.health.extend(samples.clone().map(|sample| sample.known_health().map(Into::into)));
    rows.weapon.extend(samples.clone().map(|sample| i32::from(sample.weapon.0)));
    rows.stance.extend(samples.clone().map(|sample| i32::from(sample.stance)));
    rows.sprint.extend(samples.clone().map(|sample| i32::from(sample.sprint)));
    rows.event.extend(samples.map(|sample| event_code(sample.event)));
    for place in 0..track.samples.len() {
        let tail = track.tails.get(place);
        let detail = detail(tail);
        rows.yaw.push(detail.map(|d| d.yaw_degrees.into()));
        rows.stamina.push(detail.map(|d| d.stamina));
        rows.pm_flags.push(detail.map(|d| d.pm_flags));
        rows.eflags.push(detail.map(|d| d.eflags));
        rows.vx.push(detail.map(|d| d.velocity[0].into()));
        rows.vy.push(detail.map(|d| d.velocity[1].into()));
        rows.vz.push(detail.map(|d| d.velocity[2].into()));
        let is_odd = detail.is_none() && !tail.is_empty();
        rows.tail.push(is_odd.then(|| ByteArray::from(tail)));
    }
    let Some(life) = life else { return };
    let row = |sample: usize| life.track_sample(sample).map(|place| first + place);
    for step in life.steps() {
        let (Some(from), Some(to)) = (row(step.index), row(step.index + 1)) else { continue };
        rows.dt[from] = step.dt_ms as i32;
        rows.step[from] = match step.kind {
            StepKind::Break(reason) => FIRST_BREAK + reason as i32,
            StepKind::Segment(state) | StepKind::Hidden(state) => {
                rows.dx[from] = rows.x[to] - rows.x[from];
                rows.dy[from] = rows.y[to] - rows.y[from];
                state.index() as i32
            }
        };
    }
    if let Some(last) = life.samples().len().checked_sub(1).and_then(row) {
        rows.step[last] = LAST;
    }
}

fn event_code(event: Event) -> i32 {
    match event {
        Event::Other(place) => FIRST_OTHER + i32::from(place),
        known => Event::KNOWN.iter().position(|(_, event)| *event == known).unwrap_or_default() as i32,
    }
}

fn add_engagements(id: i64, round: &Round, ids: &RoundIds, rows: &mut Engagements) {
    let bytes = |aliases: &[i64]| {
        ByteArray::from(aliases.iter().flat_map(|alias| alias.to_le_bytes()).collect::<Vec<u8>>())
    };
    for (engagement, who) in round.engagements.iter().zip(&ids.engagements) {
        let known =
            i32::from(engagement.killer_guid.is_some()) | i32::from(engagement.killer_name.is_some()) << 1;
        rows.round.push(id);
        rows.target.push(who.target);
        rows.killer.push(who.killer);
        rows.killer_known.push(known);
        rows.attackers.push(bytes(&who.attackers));
        rows.crossfire.push(bytes(&who.crossfire));
        rows.start_ms.push(engagement.start.0);
        rows.end_ms.push(engagement.end.0);
        rows.outcome.push(ByteArray::from(engagement.outcome.as_str()));
        rows.damage.push(engagement.total_damage);
        rows.end_x.push(engagement.end_at.x);
        rows.end_y.push(engagement.end_at.y);
        rows.end_z.push(engagement.end_at.z);
        rows.packed.push(ByteArray::from(packed::pack_engagement(engagement)));
    }
}
