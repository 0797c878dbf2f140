//! Sums to rows of a lake's tables, and back. What the rows say is not believed until it is checked.

use std::path::Path;

use crate::analysis::{
    Cells, DropReason, GroundSum, HeatGrids, HeatSums, HeightSum, LifeSum, LowMeaning, Provenance, RoundSums,
    State, StateDecoder, TimeSum, UsedLife, Who,
};
use crate::geom::WorldRect;
use crate::lake::error::{LakeError, Result};
use crate::lake::load;
use crate::lake::people::People;
use crate::lake::reader::LakeRound;
use crate::lake::schema::{Heat, HeatGrid, HeatGround, HeatHeights, HeatLives};

/// More than this is no sum, µs or ms: a century.
const MOST: i64 = 1 << 52;
/// The cell that stands for all that lies outside the grid.
const OUTSIDE: i32 = -1;

/// A round's number, and the aliases of its lives.
pub(super) type Numbers = (i64, Vec<i64>);

/// The tables of the sums of one month of one map.
#[derive(Debug, Default, PartialEq)]
pub(in crate::lake) struct HeatTables {
    pub(in crate::lake) grid: HeatGrid,
    pub(in crate::lake) times: Heat,
    pub(in crate::lake) heights: HeatHeights,
    pub(in crate::lake) ground: HeatGround,
    pub(in crate::lake) lives: HeatLives,
}

impl HeatGrid {
    fn of(grids: &HeatGrids) -> Self {
        let extent = grids.time.extent();
        let number = |count: u32| vec![i32::try_from(count).unwrap_or(i32::MAX)];
        Self {
            west: vec![extent.min_x()],
            south: vec![extent.min_y()],
            east: vec![extent.max_x()],
            north: vec![extent.max_y()],
            columns: number(grids.time.columns()),
            rows: number(grids.time.rows()),
            ground_columns: number(grids.ground.columns()),
            ground_rows: number(grids.ground.rows()),
        }
    }

    /// The grids that the row tells of. `file` is named when it tells of none.
    pub(in crate::lake) fn grids(&self, file: &Path) -> Result<HeatGrids> {
        let grids = || {
            let edge = |edge: &[f64]| edge.first().copied();
            let extent =
                WorldRect::new(edge(&self.west)?, edge(&self.south)?, edge(&self.east)?, edge(&self.north)?)?;
            let cells = |columns: &[i32], rows: &[i32]| {
                let number =
                    |list: &[i32]| u32::try_from(*list.first()?).ok().filter(|count| *count < 1 << 16);
                Cells::new(extent, number(columns)?, number(rows)?)
            };
            Some(HeatGrids {
                time: cells(&self.columns, &self.rows)?,
                ground: cells(&self.ground_columns, &self.ground_rows)?,
            })
        };
        grids().ok_or_else(|| LakeError::damaged(file, "it tells of no grid"))
    }
}

impl HeatTables {
    /// The rows of sums. Each round comes with its number and the aliases of its lives.
    pub(in crate::lake) fn of(sums: &HeatSums, grids: &HeatGrids, numbers: &[Numbers]) -> Self {
        let mut tables = Self { grid: HeatGrid::of(grids), ..Self::default() };
        let rows = &mut tables.times;
        for sum in &sums.times {
            rows.bot.push(sum.who.is_bot);
            rows.team.push(sum.who.team.into());
            rows.class.push(sum.who.class.into());
            rows.state.push(sum.state.index() as i32);
            rows.cell.push(sum.cell.map_or(OUTSIDE, |cell| cell as i32));
            rows.us.push(signed(sum.us));
        }
        let rows = &mut tables.heights;
        for sum in &sums.heights {
            let [x, y, z] = sum.at.map(i32::from);
            rows.bot.push(sum.who.is_bot);
            rows.team.push(sum.who.team.into());
            rows.class.push(sum.who.class.into());
            rows.state.push(sum.state.index() as i32);
            rows.x.push(x);
            rows.y.push(y);
            rows.z.push(z);
            rows.ms.push(signed(sum.ms));
        }
        let rows = &mut tables.ground;
        for sum in &sums.ground {
            rows.cell.push(sum.cell as i32);
            rows.us.push(signed(sum.us));
            rows.weighted.push(sum.weighted);
            rows.lowest.push(sum.lowest);
        }
        for (round, (number, aliases)) in sums.rounds.iter().zip(numbers) {
            for (life, alias) in round.lives.iter().zip(aliases) {
                tables.lives.push(*number, *alias, round.meaning, life);
            }
        }
        tables
    }

    /// The sums that the rows tell of: of these rounds, in this order; those of time are kept in `room`, whatever it holds now.
    /// `file` is named when something is wrong.
    pub(in crate::lake) fn sums(
        &self,
        rounds: &[&LakeRound],
        grids: &HeatGrids,
        people: &People,
        file: &Path,
        room: Vec<TimeSum>,
    ) -> Result<HeatSums> {
        let damaged = |what: &str| LakeError::damaged(file, what);
        let rows = &self.times;
        let times = (0..rows.us.len()).map(|row| {
            let who = [rows.bot[row].into(), rows.team[row].into(), rows.class[row].into()];
            time_sum(who, rows.state[row].into(), rows.cell[row].into(), rows.us[row], grids.time.len())
        });
        let times = whole(times, room).ok_or_else(|| damaged("a sum is damaged"))?;
        let rows = &self.heights;
        let heights = (0..rows.ms.len()).map(|row| {
            let part = |value: i32| i16::try_from(value).ok();
            Some(HeightSum {
                who: who(rows.bot[row], rows.team[row], rows.class[row])?,
                state: state(rows.state[row])?,
                at: [part(rows.x[row])?, part(rows.y[row])?, part(rows.z[row])?],
                ms: amount(rows.ms[row])?,
            })
        });
        let heights = whole(heights, Vec::new()).ok_or_else(|| damaged("a height is damaged"))?;
        let rows = &self.ground;
        let ground = (0..rows.us.len()).map(|row| {
            Some(GroundSum {
                cell: below(rows.cell[row], grids.ground.len())?,
                us: amount(rows.us[row])?,
                weighted: rows.weighted[row],
                lowest: rows.lowest[row],
            })
        });
        let ground = whole(ground, Vec::new()).ok_or_else(|| damaged("the ground is damaged"))?;
        let rounds = self.lives.rounds(rounds, people, file)?;
        Ok(HeatSums { times, heights, ground, rounds, elsewhere: None })
    }
}

impl HeatLives {
    fn push(&mut self, round: i64, alias: i64, meaning: StateDecoder, life: &LifeSum) {
        let number = |count: u64| i32::try_from(count).unwrap_or(i32::MAX);
        let whole = life.dropped.iter().find(|(_, lives, _)| *lives > 0).map(|(reason, ..)| reason);
        let left = life.used.unwrap_or_default();
        self.round.push(round);
        self.alias.push(alias);
        self.bot.push(life.who.is_bot);
        self.team.push(life.who.team.into());
        self.class.push(life.who.class.into());
        self.stance_known.push(meaning.stance as i32);
        self.sprint_known.push(meaning.sprint as i32);
        self.low_is_crouch.push(meaning.low == LowMeaning::Crouch);
        self.samples.push(number(life.samples));
        self.dropped.push(whole.map(|reason| reason as i32));
        for (column, reason) in self.lost_mut().into_iter().zip(DropReason::ALL) {
            column.push(number(life.dropped.samples(reason)));
        }
        self.used.push(life.used.is_some());
        self.used_samples.push(number(left.samples));
        self.off_map.push(number(left.off_map));
        let counts = left.begins.into_iter().chain(left.begins_off_map);
        self.counts_mut().into_iter().zip(counts).for_each(|(column, count)| column.push(number(count)));
        self.inside_mut().into_iter().zip(left.inside_ms).for_each(|(column, ms)| column.push(signed(ms)));
        self.still_ms.push(signed(left.still_ms));
    }

    /// The lives of these rounds, in this order.
    fn rounds(&self, rounds: &[&LakeRound], people: &People, file: &Path) -> Result<Vec<RoundSums>> {
        let damaged = |what: &str| LakeError::damaged(file, what);
        let mut first = 0;
        let mut found = Vec::with_capacity(rounds.len());
        for round in rounds {
            let rows = first..first + round.life_rows();
            first = rows.end;
            if self.round.get(rows.clone()).is_none_or(|ids| ids.iter().any(|id| *id != round.id)) {
                return Err(damaged("its lives are not those of the rounds"));
            }
            let mut lives = Vec::with_capacity(rows.len());
            let mut meaning = StateDecoder {
                stance: Provenance::NotRecorded,
                sprint: Provenance::NotRecorded,
                low: LowMeaning::CrouchOrProne,
            };
            for row in rows {
                let (guid, name) = people.of(self.alias[row], file)?;
                let life = || {
                    let (stance, sprint) = (self.stance_known[row], self.sprint_known[row]);
                    meaning = load::decoder(stance, sprint, self.low_is_crouch[row])?;
                    let dropped = load::dropped(self.dropped[row], self.lost().map(|lost| Some(lost[row])))?;
                    Some(LifeSum {
                        who: who(self.bot[row], self.team[row], self.class[row])?,
                        samples: self.samples[row].try_into().ok()?,
                        dropped,
                        used: if self.used[row] { Some(self.left(row)?) } else { None },
                        guid,
                        name,
                    })
                };
                lives.push(life().ok_or_else(|| damaged("a life is damaged"))?);
            }
            found.push(RoundSums { meta: round.meta.clone(), meaning, lives });
        }
        if first == self.round.len() { Ok(found) } else { Err(damaged("it has lives of other rounds")) }
    }

    fn left(&self, row: usize) -> Option<UsedLife> {
        let number = |count: i32| u64::try_from(count).ok();
        let mut left = UsedLife {
            samples: number(self.used_samples[row])?,
            off_map: number(self.off_map[row])?,
            still_ms: amount(self.still_ms[row])?,
            ..UsedLife::default()
        };
        let counts = left.begins.iter_mut().chain(&mut left.begins_off_map);
        for (count, column) in counts.zip(self.counts()) {
            *count = number(column[row])?;
        }
        for (ms, column) in left.inside_ms.iter_mut().zip(self.inside()) {
            *ms = amount(column[row])?;
        }
        // What the samples off the map are taken from.
        let is_part = left.off_map <= left.samples
            && left.begins.iter().zip(&left.begins_off_map).all(|(begins, off)| off <= begins)
            && left.begins.iter().sum::<u64>() <= left.samples;
        is_part.then_some(left)
    }
}

/// Columns that stand for one list each.
impl HeatLives {
    fn lost(&self) -> [&Vec<i32>; 9] {
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

    fn lost_mut(&mut self) -> [&mut Vec<i32>; 9] {
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

    fn counts(&self) -> [&Vec<i32>; 12] {
        [
            &self.begins_prone,
            &self.begins_crouch,
            &self.begins_low,
            &self.begins_run,
            &self.begins_sprint,
            &self.begins_unknown,
            &self.off_map_prone,
            &self.off_map_crouch,
            &self.off_map_low,
            &self.off_map_run,
            &self.off_map_sprint,
            &self.off_map_unknown,
        ]
    }

    fn counts_mut(&mut self) -> [&mut Vec<i32>; 12] {
        [
            &mut self.begins_prone,
            &mut self.begins_crouch,
            &mut self.begins_low,
            &mut self.begins_run,
            &mut self.begins_sprint,
            &mut self.begins_unknown,
            &mut self.off_map_prone,
            &mut self.off_map_crouch,
            &mut self.off_map_low,
            &mut self.off_map_run,
            &mut self.off_map_sprint,
            &mut self.off_map_unknown,
        ]
    }

    fn inside(&self) -> [&Vec<i64>; 6] {
        [
            &self.inside_ms_prone,
            &self.inside_ms_crouch,
            &self.inside_ms_low,
            &self.inside_ms_run,
            &self.inside_ms_sprint,
            &self.inside_ms_unknown,
        ]
    }

    fn inside_mut(&mut self) -> [&mut Vec<i64>; 6] {
        [
            &mut self.inside_ms_prone,
            &mut self.inside_ms_crouch,
            &mut self.inside_ms_low,
            &mut self.inside_ms_run,
            &mut self.inside_ms_sprint,
            &mut self.inside_ms_unknown,
        ]
    }
}

/// All of these, in `all` instead of what it held; `None` if one is not there. Their room is taken at once: collected, they would be
/// moved again and again as they grow.
fn whole<T>(rows: impl ExactSizeIterator<Item = Option<T>>, mut all: Vec<T>) -> Option<Vec<T>> {
    all.clear();
    all.reserve(rows.len());
    for row in rows {
        all.push(row?);
    }
    Some(all)
}

/// A row of `heat` as a sum: of these lives (bot, team, class), in this state, over so many cells. `None` when it cannot be one.
pub(super) fn time_sum(kind: [i64; 3], state_code: i64, cell: i64, us: i64, cells: usize) -> Option<TimeSum> {
    let [bot, team, class] = kind.map(|code| i32::try_from(code).ok());
    let cell = match i32::try_from(cell).ok()? {
        OUTSIDE => None,
        cell => Some(below(cell, cells)?),
    };
    let state = state(i32::try_from(state_code).ok()?)?;
    Some(TimeSum { who: who(below(bot?, 2)? == 1, team?, class?)?, state, cell, us: amount(us)? })
}

pub(super) fn who(is_bot: bool, team: i32, class: i32) -> Option<Who> {
    let (teams, classes) = Who::KINDS;
    let (team, class) = (u8::try_from(team).ok()?, u8::try_from(class).ok()?);
    (team < teams && class < classes).then_some(Who { is_bot, team, class })
}

fn state(code: i32) -> Option<State> {
    State::ALL.get(usize::try_from(code).ok()?).copied()
}

fn below(value: i32, end: usize) -> Option<u32> {
    u32::try_from(value).ok().filter(|value| (*value as usize) < end)
}

fn amount(value: i64) -> Option<u64> {
    u64::try_from(value).ok().filter(|_| value <= MOST)
}

fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
