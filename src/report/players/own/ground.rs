//! Where a player spends more or less of a life than the other players of the same side: time per life, in cells.

use std::collections::BTreeMap;

use crate::analysis::{Cells, Life, PlayerKey};
use crate::geom::WorldRect;
use crate::model::Team;
use crate::report::model::{MapPart, SessionReport};

/// Cells along the longer side of a map.
const CELLS: f64 = 56.0;
/// Edges of (own − others) / (own + others) from which a cell is told, and from which strongly: twice and four times as long.
const EDGES: [f32; 2] = [0.33, 0.6];
/// Cells with fewer lives than this, of the group that has more of them there, say nothing.
const LEAST_LIVES: u32 = 3;
/// Both groups together spend at least this much time of a life in a cell that is told, µs.
const LEAST_US: f32 = 40_000.0;

/// Cells of one kind in rows: a column, a row, and how many lie side by side.
pub(crate) type Run = (u32, u32, u32);

/// Where one player was more and less than the others of the side.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct OwnGround {
    /// Four times as long and more, and twice as long and more.
    pub more: [Vec<Run>; 2],
    /// The others four times as long and more, and twice as long and more.
    pub less: [Vec<Run>; 2],
}

/// What one group did in each cell.
#[derive(Clone)]
struct Group {
    us: Vec<u64>,
    lives_there: Vec<u32>,
    lives: u32,
}

impl Group {
    fn new(cells: usize) -> Self {
        Self { us: vec![0; cells], lives_there: vec![0; cells], lives: 0 }
    }

    /// One life.
    fn of(life: &Life<'_>, cells: &Cells) -> Self {
        let mut group = Self { lives: 1, ..Self::new(cells.len()) };
        for segment in life.segments() {
            let us = segment.dt_ms.max(0) as u64 * 1000;
            cells.spread(segment.from.at, segment.to.at, us, |cell, part| {
                group.us[cell] += part;
                group.lives_there[cell] = 1;
            });
        }
        group
    }

    fn add(&mut self, other: &Self) {
        self.us.iter_mut().zip(&other.us).for_each(|(mine, theirs)| *mine += theirs);
        self.lives_there.iter_mut().zip(&other.lives_there).for_each(|(mine, theirs)| *mine += theirs);
        self.lives += other.lives;
    }

    fn without(&self, part: &Self) -> Self {
        let mut rest = self.clone();
        rest.us.iter_mut().zip(&part.us).for_each(|(all, part)| *all -= part);
        rest.lives_there.iter_mut().zip(&part.lives_there).for_each(|(all, part)| *all -= part);
        rest.lives -= part.lives;
        rest
    }

    /// Time of a life in each cell, µs, smoothed with its neighbours.
    fn per_life(&self, columns: usize) -> Vec<f32> {
        let lives = self.lives.max(1) as f32;
        let times: Vec<f32> = self.us.iter().map(|us| *us as f32 / lives).collect();
        let pass = |from: &[f32], step: usize, ends: &dyn Fn(usize) -> bool| -> Vec<f32> {
            (0..from.len())
                .map(|i| {
                    let before = if ends(i) || i < step { from[i] } else { from[i - step] };
                    let after =
                        if i + step >= from.len() || ends(i + step) { from[i] } else { from[i + step] };
                    0.25 * before + 0.5 * from[i] + 0.25 * after
                })
                .collect()
        };
        // A cell at the left edge has no neighbour before it; rows end at the field's ends alone.
        let across = pass(&times, 1, &|i| i.is_multiple_of(columns));
        pass(&across, columns, &|_| false)
    }
}

/// The cells in which a map is compared; `None` where its extent holds none.
pub(crate) fn cells(extent: &WorldRect) -> Option<Cells> {
    Cells::with_side(*extent, extent.width().max(extent.height()) / CELLS)
}

impl SessionReport<'_> {
    /// The own ground on a map of each of the first `most` players, by the player's place in [`SessionReport::people`].
    pub(crate) fn own_ground(&self, part: &MapPart, most: usize) -> BTreeMap<usize, OwnGround> {
        let Some(cells) = cells(&self.map_data[part.map].map.extent.rect) else { return BTreeMap::new() };
        let empty = || Group::new(cells.len());
        let places = self.places();
        let mut own: BTreeMap<usize, Group> = BTreeMap::new();
        let mut others: BTreeMap<usize, Group> = BTreeMap::new();
        for round in &part.rounds {
            let mut sides: BTreeMap<(&Team, usize), Group> = BTreeMap::new();
            let mut whole: BTreeMap<&Team, Group> = BTreeMap::new();
            for life in &self.cleaned[round.index].lives {
                let track = life.track();
                let key = PlayerKey::of(life.round(), &track.guid, track.name.as_str());
                let Some(&person) = places.get(&key) else { continue };
                let of_life = Group::of(life, &cells);
                whole.entry(&track.team).or_insert_with(empty).add(&of_life);
                if person < most {
                    sides.entry((&track.team, person)).or_insert_with(empty).add(&of_life);
                }
            }
            for ((team, person), group) in &sides {
                own.entry(*person).or_insert_with(empty).add(group);
                let rest = whole[team].without(group);
                others.entry(*person).or_insert_with(empty).add(&rest);
            }
        }
        let columns = cells.columns() as usize;
        own.iter().map(|(person, own)| (*person, compared(own, &others[person], columns))).collect()
    }
}

fn compared(own: &Group, others: &Group, columns: usize) -> OwnGround {
    let (mine, theirs) = (own.per_life(columns), others.per_life(columns));
    let mut ground = OwnGround::default();
    if own.lives == 0 || others.lives == 0 {
        return ground;
    }
    for (cell, (a, b)) in mine.iter().zip(&theirs).enumerate() {
        let (sum, enough) = (a + b, own.lives_there[cell].max(others.lives_there[cell]) >= LEAST_LIVES);
        let difference = if sum > 0.0 { (a - b) / sum } else { 0.0 };
        if sum < LEAST_US || !enough || difference.abs() < EDGES[0] {
            continue;
        }
        let side = if difference > 0.0 { &mut ground.more } else { &mut ground.less };
        let runs = &mut side[usize::from(difference.abs() < EDGES[1])];
        let (row, column) = ((cell / columns) as u32, (cell % columns) as u32);
        match runs.last_mut() {
            Some((start, of, length)) if *of == row && *start + *length == column => *length += 1,
            _ => runs.push((column, row, 1)),
        }
    }
    ground
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(us: [u64; 8], lives: u32) -> Group {
        Group { us: us.to_vec(), lives_there: us.map(|us| if us > 0 { lives } else { 0 }).to_vec(), lives }
    }

    #[test]
    fn time_of_a_life_is_compared_whatever_the_number_of_lives() {
        let own = group([4_000_000, 4_000_000, 4_000_000, 4_000_000, 0, 0, 0, 0], 4);
        let alike = group([8_000_000, 8_000_000, 8_000_000, 8_000_000, 0, 0, 0, 0], 8);
        assert_eq!(compared(&own, &alike, 4), OwnGround::default());
        let elsewhere = group([0, 0, 0, 0, 8_000_000, 8_000_000, 8_000_000, 8_000_000], 8);
        let ground = compared(&own, &elsewhere, 4);
        assert_eq!((&ground.more[1], &ground.less[1]), (&vec![(0, 0, 4)], &vec![(0, 1, 4)]));
    }

    #[test]
    fn few_lives_say_nothing() {
        let own = group([9_000_000, 0, 0, 0, 0, 0, 0, 0], 2);
        let others = group([0, 0, 0, 0, 0, 0, 0, 9_000_000], 2);
        assert_eq!(compared(&own, &others, 4), OwnGround::default());
    }
}
