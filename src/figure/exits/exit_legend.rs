//! The legend of an exits picture: every letter on the map has its row, and every area's figures add up.

use super::ExitArea;
use crate::figure::canvas::units;
use crate::figure::layout::legend::{Legend, Mark, Row, Section};
use crate::figure::layout::sheet::Sheet;
use crate::figure::words::number;
use crate::figure::words::number::UNIT_GAP;
use crate::theme::Theme;

/// The legend's sections: one for each area with lanes, and one for all others.
pub(crate) fn sections(areas: &[ExitArea], theme: &Theme) -> Vec<Section> {
    let rings_differ = areas.windows(2).any(|pair| pair[0].ring_units != pair[1].ring_units);
    let ring = |area: &ExitArea| rings_differ.then(|| units(area.ring_units));
    let (laned, other): (Vec<&ExitArea>, Vec<&ExitArea>) =
        areas.iter().partition(|area| !area.lanes.is_empty());
    let mut sections: Vec<Section> = laned.iter().map(|area| lanes(area, ring(area), theme)).collect();
    if !other.is_empty() {
        sections.push(others(&other, ring));
    }
    sections
}

/// Areas without arrows, one row each: how many left, and the ring where it is not the same for all.
fn others(areas: &[&ExitArea], ring: impl Fn(&ExitArea) -> Option<String>) -> Section {
    let row = |area: &&ExitArea| {
        let left = number::count(area.paths.len() as u64);
        let left = format!("{left} of {}", number::count(area.spawns));
        Row::total(area.name.clone(), std::iter::once(left).chain(ring(area)).collect::<Vec<_>>().join(" · "))
    };
    let rings_told = areas.iter().any(|area| ring(area).is_some());
    Section::table("Other spawns")
        .aside(if rings_told { "left · ring" } else { "left" })
        .rows(areas.iter().map(row))
        .row(Row::Note("no arrows: their ways out are thin lines".to_owned()))
}

fn lanes(area: &ExitArea, ring: Option<String>, theme: &Theme) -> Section {
    let color = theme.team(&area.team);
    let percents = area.percents();
    let rows = area.lanes.iter().zip(&percents).map(|(lane, percent)| Row::Bar {
        mark: Mark::Letter(lane.letter, color),
        label: lane.direction.abbreviation().to_owned(),
        share: lane.share as f32,
        color,
        value: percent.clone(),
        aside: number::seconds(lane.median_ms as f64 / 1000.0),
    });
    let mut notes: Vec<String> = ring.map(|radius| format!("ring {radius}")).into_iter().collect();
    if let (1.., Some(percent)) = (area.other_lanes.0, percents.get(area.lanes.len())) {
        let lanes = number::counted(area.other_lanes.0, "other lane", "other lanes");
        notes.push(format!("{lanes} {percent}"));
    }
    if area.left_late > 0 {
        notes.push(format!("left late {}", number::count(area.left_late)));
    }
    if area.never_left > 0 {
        notes.push(format!("never left {}", number::count(area.never_left)));
    }
    if area.unknown > 0 {
        notes.push(format!("not recorded {}", number::count(area.unknown)));
    }
    let section =
        Section::legend(area.name.clone()).aside(number::counted(area.spawns, "spawn", "spawns")).rows(rows);
    if notes.is_empty() { section } else { section.row(Row::Note(notes.join(" · "))) }
}

/// The rings' radii in words; where they differ, each area's row tells its own.
pub(crate) fn rings(areas: &[ExitArea], wanted: f64) -> String {
    if areas.iter().any(|area| area.ring_units < wanted) {
        format!("ring {}, smaller where few got so far", units(wanted))
    } else {
        format!("ring {}", units(wanted))
    }
}

impl ExitArea {
    /// Shares of the area's exits in words, of the drawn lanes and of all others together: 100 % in all.
    pub(crate) fn percents(&self) -> Vec<String> {
        let mut exits: Vec<u64> = self.lanes.iter().map(|lane| lane.exits).collect();
        exits.push(self.other_lanes.1);
        number::percents(&exits).into_iter().map(|percent| format!("{percent}{UNIT_GAP}%")).collect()
    }

    /// Draws its smallest lane no more: its exits count among the others.
    fn leave_out_smallest(&mut self) {
        if let Some(lane) = self.lanes.pop() {
            self.other_lanes.0 += 1;
            self.other_lanes.1 += lane.exits;
        }
    }
}

/// Leaves lanes out, those with the fewest exits first, until a legend of `sections` and everything else that `legend`
/// makes of them fits the sheet; then hands out the letters, in the order of the areas.
pub(crate) fn fit(
    areas: &mut [ExitArea],
    sheet: &Sheet,
    theme: &Theme,
    legend: impl Fn(Vec<Section>) -> Legend,
) {
    while !sheet.holds(&legend(sections(areas, theme))) {
        let smallest = |area: &&mut ExitArea| area.lanes.last().map(|lane| lane.exits);
        let fewest = areas.iter_mut().filter(|area| !area.lanes.is_empty()).min_by_key(smallest);
        let Some(area) = fewest else { break };
        area.leave_out_smallest();
    }
    let mut letters = ('A'..='Z').chain('a'..='z').chain('0'..='9').chain(std::iter::repeat('+'));
    for lane in areas.iter_mut().flat_map(|area| &mut area.lanes) {
        lane.letter = letters.next().unwrap_or('+');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::Compass;
    use crate::figure::exits::ExitLane;
    use crate::figure::layout::sheet::Orientation;
    use crate::geom::WorldPoint;
    use crate::model::Team;
    use crate::theme::DARK;

    fn area(exits: &[u64]) -> ExitArea {
        let all: u64 = exits.iter().sum();
        let lane = |exits: &u64| ExitLane {
            letter: '+',
            medoid: Vec::new(),
            exits: *exits,
            share: *exits as f64 / all as f64,
            median_ms: 5_000,
            direction: Compass::North,
        };
        ExitArea {
            name: "Axis · north".to_owned(),
            team: Team::Axis,
            center: WorldPoint::new(0.0, 0.0, 0.0),
            ring_units: 1300.0,
            spawns: all + 7,
            left_late: 2,
            never_left: 5,
            unknown: 0,
            paths: Vec::new(),
            lanes: exits.iter().map(lane).collect(),
            other_lanes: (0, 0),
        }
    }

    #[test]
    fn every_letter_has_a_row_and_no_exit_is_lost() {
        let sheet = Sheet::new(Orientation::Landscape, 480).unwrap();
        let legend = |sections: Vec<Section>| sections.into_iter().fold(Legend::new("Map"), Legend::section);
        let mut areas: Vec<ExitArea> = (0..7).map(|i| area(&[30 + i, 20, 10, 9, 8, 7])).collect();
        assert!(!sheet.holds(&legend(sections(&areas, &DARK))), "there are too many rows");
        fit(&mut areas, &sheet, &DARK, legend);
        assert!(sheet.holds(&legend(sections(&areas, &DARK))));
        let letters: String = areas.iter().flat_map(|area| &area.lanes).map(|lane| lane.letter).collect();
        assert!("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".starts_with(&letters), "{letters}");
        assert!(letters.len() >= 7, "the main exit of each area stays: {letters}");
        for area in &areas {
            let lanes: u64 = area.lanes.iter().map(|lane| lane.exits).sum();
            assert_eq!(lanes + area.other_lanes.1 + area.left_late + area.never_left, area.spawns);
            let percent = |words: &String| words.trim_end_matches(['%', UNIT_GAP]).parse::<u32>().unwrap();
            assert_eq!(area.percents().iter().map(percent).sum::<u32>(), 100);
        }
    }
}
