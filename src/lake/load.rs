//! Rows of a lake's tables to a round.

use std::path::Path;

use parquet::data_type::ByteArray;

use super::error::{LakeError, Result};
use super::people::{EngagementIds, People, RoundIds};
use super::rows::{FIRST_OTHER, SmallTables, tail_text, units};
use super::schema::{Cells, Engagements, Revives, Samples};
use crate::analysis::{DropReason, Dropped, LowMeaning, Provenance, StateDecoder};
use crate::geom::WorldPoint;
use crate::model::{
    Class, DeathType, Detail, Event, KillCell, LevelTime, MovementCell, Revive, Round, RoundMeta, Sample,
    Tails, Team, Track, Weapon,
};
use crate::store::packed::{self, Participants};

/// What a round's stance and sprint mean, as the columns of `rounds` say it.
pub(super) fn decoder(stance: i32, sprint: i32, low_is_crouch: bool) -> Option<StateDecoder> {
    let known = |code: i32| {
        let all = [Provenance::Recorded, Provenance::Derived, Provenance::NotRecorded];
        all.into_iter().find(|known| *known as i32 == code)
    };
    let low = if low_is_crouch { LowMeaning::Crouch } else { LowMeaning::CrouchOrProne };
    Some(StateDecoder { stance: known(stance)?, sprint: known(sprint)?, low })
}

/// What was left out of a life: why the whole of it, and so many samples for each of the first reasons.
pub(super) fn dropped(whole: Option<i32>, lost: impl IntoIterator<Item = Option<i32>>) -> Option<Dropped> {
    let mut dropped = Dropped::default();
    let mut is_whole = whole.is_none();
    for (reason, lost) in DropReason::ALL.into_iter().zip(lost) {
        let lost = usize::try_from(lost?).ok()?;
        if whole == Some(reason as i32) {
            dropped.add_life(reason, lost);
            is_whole = true;
        } else {
            dropped.add_samples(reason, lost);
        }
    }
    is_whole.then_some(dropped)
}

/// The round that the rows say, and the numbers of everyone in it. `file` is named when something is wrong.
pub(super) fn round(
    meta: RoundMeta,
    rows: &SmallTables,
    samples: &Samples,
    people: &People,
    file: &Path,
) -> Result<(Round, RoundIds)> {
    let damaged = |what: &str| LakeError::damaged(file, what);
    let text = |bytes: &ByteArray| -> Result<String> {
        bytes.as_utf8().map(str::to_owned).map_err(|_| damaged("a text is no UTF-8"))
    };
    let mut ids = RoundIds::default();
    let mut tracks = Vec::with_capacity(rows.lives.round.len());
    let mut first = 0;
    for row in 0..rows.lives.round.len() {
        let lives = &rows.lives;
        let count = usize::try_from(lives.samples[row]).map_err(|_| damaged("a life has no samples"))?;
        let end = first + count;
        if end > samples.round.len() {
            return Err(damaged("its lives have more samples than the round"));
        }
        let (guid, name) = people.of(lives.alias[row], file)?;
        ids.lives.push((lives.player[row], lives.alias[row]));
        let word = |word: &Option<ByteArray>| word.as_ref().map(text).transpose();
        let words = match word(&lives.words[row])? {
            Some(list) => serde_json::from_str(&list).map_err(|_| damaged("a life's words are no list"))?,
            None => Vec::new(),
        };
        let team = match (lives.team[row], word(&lives.team_word[row])?) {
            (0, _) => Team::Axis,
            (1, _) => Team::Allies,
            (_, word) => Team::Other(word.unwrap_or_default().into()),
        };
        let class = match (lives.class[row], word(&lives.class_word[row])?) {
            (0, _) => Class::Soldier,
            (1, _) => Class::Medic,
            (2, _) => Class::Engineer,
            (3, _) => Class::FieldOps,
            (4, _) => Class::CovertOps,
            (5, _) => Class::Unknown,
            (_, word) => Class::Other(word.unwrap_or_default().into()),
        };
        let tails = usize::try_from(lives.tails[row]).unwrap_or_default().min(count);
        tracks.push(Track {
            guid,
            name,
            team,
            class,
            spawn: LevelTime(lives.spawn_ms[row]),
            end: lives.end_ms[row].map(LevelTime),
            first_move: lives.first_move_ms[row].map(LevelTime),
            death_type: word(&lives.death_type[row])?.map(|word| DeathType::from(&*word)),
            declared_samples: lives.declared_samples[row] as u64,
            samples: (first..end)
                .map(|row| sample(samples, row).ok_or_else(|| damaged("a sample is damaged")))
                .collect::<Result<_>>()?,
            other_events: words,
            tails: tails_of(samples, first..first + tails)
                .ok_or_else(|| damaged("a sample's last columns are damaged"))?,
        });
        first = end;
    }
    let round = Round {
        meta,
        tracks,
        engagements: engagements(&rows.engagements, people, &mut ids, file)?,
        kill_cells: kill_cells(&rows.cells),
        movement_cells: movement_cells(&rows.cells),
        revives: revives(&rows.revives, people, &mut ids, file)?,
    };
    Ok((round, ids))
}

fn sample(rows: &Samples, row: usize) -> Option<Sample> {
    let at = |whole: i32, odd: Option<f32>| odd.unwrap_or_else(|| units(whole));
    Some(Sample {
        time: LevelTime(rows.t[row]),
        at: WorldPoint::new(
            at(rows.x[row], rows.odd_x[row]),
            at(rows.y[row], rows.odd_y[row]),
            at(rows.z[row], rows.odd_z[row]),
        ),
        speed_ups: at(rows.speed[row], rows.odd_speed[row]),
        health: rows.health[row].map_or(Some(Sample::UNKNOWN_HEALTH), |health| i16::try_from(health).ok())?,
        weapon: Weapon(u8::try_from(rows.weapon[row]).ok()?),
        stance: u8::try_from(rows.stance[row]).ok()?,
        sprint: u8::try_from(rows.sprint[row]).ok()?,
        event: match rows.event[row] {
            code if code >= FIRST_OTHER => Event::Other(u8::try_from(code - FIRST_OTHER).ok()?),
            code => Event::KNOWN.get(usize::try_from(code).ok()?)?.1,
        },
    })
}

fn tails_of(rows: &Samples, of: std::ops::Range<usize>) -> Option<Tails> {
    let mut tails = Tails::default();
    let mut text = String::new();
    for row in of {
        let small = |value: Option<i32>| i16::try_from(value?).ok();
        match (&rows.tail[row], rows.yaw[row]) {
            (Some(tail), _) => tails.push(tail.as_utf8().ok()?),
            (None, None) => tails.push(""),
            (None, yaw) => {
                let detail = Detail {
                    yaw_degrees: small(yaw)?,
                    stamina: rows.stamina[row]?,
                    pm_flags: rows.pm_flags[row]?,
                    eflags: rows.eflags[row]?,
                    velocity: [small(rows.vx[row])?, small(rows.vy[row])?, small(rows.vz[row])?],
                };
                text.clear();
                tail_text(&detail, &mut text);
                tails.push(&text);
            }
        }
    }
    Some(tails)
}

fn aliases(bytes: &ByteArray) -> Vec<i64> {
    let chunks = bytes.data().chunks_exact(8);
    chunks.map(|chunk| i64::from_le_bytes(chunk.try_into().unwrap_or_default())).collect()
}

fn engagements(
    rows: &Engagements,
    people: &People,
    ids: &mut RoundIds,
    file: &Path,
) -> Result<Vec<crate::model::Engagement>> {
    let mut found = Vec::with_capacity(rows.round.len());
    for row in 0..rows.round.len() {
        let who = EngagementIds {
            target: rows.target[row],
            killer: rows.killer[row],
            attackers: aliases(&rows.attackers[row]),
            crossfire: aliases(&rows.crossfire[row]),
        };
        let killer = who.killer.map(|alias| people.of(alias, file)).transpose()?;
        let known = rows.killer_known[row];
        let (guid, name) = killer.unzip();
        let whole = Participants {
            target: people.of(who.target, file)?,
            killer: (guid.filter(|_| known & 1 > 0), name.filter(|_| known & 2 > 0)),
            attackers: who.attackers.iter().map(|alias| people.of(*alias, file)).collect::<Result<_>>()?,
            participants: who
                .crossfire
                .iter()
                .map(|alias| people.of(*alias, file).map(|(guid, _)| guid))
                .collect::<Result<_>>()?,
        };
        let engagement = packed::unpack_engagement(rows.packed[row].data(), whole)
            .map_err(|error| LakeError::damaged(file, error.to_string()))?;
        found.push(engagement);
        ids.engagements.push(who);
    }
    Ok(found)
}

fn revives(rows: &Revives, people: &People, ids: &mut RoundIds, file: &Path) -> Result<Vec<Revive>> {
    let mut found = Vec::with_capacity(rows.round.len());
    for row in 0..rows.round.len() {
        let (guid, name) = people.of(rows.player[row], file)?;
        let (medic_guid, _) = people.of(rows.medic[row], file)?;
        let at = WorldPoint::new(rows.x[row], rows.y[row], rows.z[row]);
        found.push(Revive { time: LevelTime(rows.t[row]), guid, name, medic_guid, at });
        ids.revives.push((rows.player[row], rows.medic[row]));
    }
    Ok(found)
}

fn kill_cells(rows: &Cells) -> Vec<KillCell> {
    let rows_of = (0..rows.round.len()).filter(|&row| rows.kills[row]);
    rows_of
        .map(|row| KillCell {
            x: rows.x[row],
            y: rows.y[row],
            axis_kills: rows.a[row],
            allies_kills: rows.b[row],
        })
        .collect()
}

fn movement_cells(rows: &Cells) -> Vec<MovementCell> {
    let rows_of = (0..rows.round.len()).filter(|&row| !rows.kills[row]);
    rows_of
        .map(|row| MovementCell {
            x: rows.x[row],
            y: rows.y[row],
            traversal: rows.a[row],
            combat: rows.b[row],
            escape: rows.c[row],
        })
        .collect()
}
