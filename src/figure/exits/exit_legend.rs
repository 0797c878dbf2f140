//! The legend of an exits picture: every letter on the map has its row, and every area's figures add up.

use super::exit_area::ExitArea;
use crate::figure::canvas::units;
use crate::figure::layout::legend::{Legend, Mark, Row, Section};
use crate::figure::layout::sheet::Sheet;
use crate::figure::words::number;
use crate::theme::Theme;

/// How much of the areas a legend has room for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Room {
    /// Whether it names the places outside the gates, which is the first to give way.
    places: Places,
    /// How many gates of each area have a row; the shares of the others share a line.
    rows: Vec<usize>,
}

/// Whether a legend names the places outside the gates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Places {
    Named,
    LeftOut,
}

/// The legend's sections: one for each area with a panel, and one for all others.
pub(super) fn sections(shown: &[ExitArea], rest: &[ExitArea], room: &Room, theme: &Theme) -> Vec<Section> {
    let rows = room.rows.iter().copied().chain(std::iter::repeat(usize::MAX));
    let mut sections: Vec<Section> =
        shown.iter().zip(rows).map(|(area, rows)| gates(area, room.places, rows, theme)).collect();
    if !rest.is_empty() {
        sections.push(others(rest));
    }
    sections
}

/// Areas without a panel, one row each: how many left.
fn others(areas: &[ExitArea]) -> Section {
    let row = |area: &ExitArea| {
        let left = format!("{} of {}", number::count(area.exits), number::count(area.spawns));
        Row::total(area.name.clone(), format!("{left} · {}", units(area.ring_units)))
    };
    Section::table("Other spawns").aside("left · ring").rows(areas.iter().map(row))
}

fn gates(area: &ExitArea, places: Places, rows: usize, theme: &Theme) -> Section {
    let color = theme.team(&area.team);
    let percents = area.percents();
    let seconds = |ms: i64| number::seconds_bare(ms as f64 / 1000.0);
    let whole = rows.min(area.gates.len());
    let rows = area.gates.iter().zip(&percents).take(whole).map(|(gate, percent)| Row::Bar {
        mark: Mark::Letter(gate.letter, color),
        label: gate.direction.abbreviation().to_owned(),
        share: gate.share as f32,
        color,
        value: percent.clone(),
        asides: [format!("{} s", seconds(gate.median_ms)), seconds(gate.fastest_tenth_ms)],
    });
    let named = area.gates.iter().filter(|_| places == Places::Named);
    let named = named.filter_map(|gate| Some(format!("{} to {}", gate.letter, gate.place.as_ref()?)));
    let named: Vec<String> = named.collect();
    let short = area.gates.iter().zip(&percents).skip(whole);
    let mut notes: Vec<String> = short.map(|(gate, percent)| format!("{} {percent}", gate.letter)).collect();
    if let (1.., Some(percent)) = (area.other_gates.0, percents.get(area.gates.len())) {
        let gates = number::counted(area.other_gates.0, "other gate", "other gates");
        notes.push(if area.gates.is_empty() { gates } else { format!("{gates} {percent}") });
    }
    let counts =
        [("left late", area.left_late), ("never left", area.never_left), ("not recorded", area.unknown)];
    notes.extend(
        counts.iter().filter(|(_, n)| *n > 0).map(|(words, n)| format!("{words} {}", number::count(*n))),
    );
    let section =
        Section::legend(area.name.clone()).aside(number::counted(area.spawns, "spawn", "spawns")).rows(rows);
    let notes = [named.join(" · "), notes.join(" · ")].into_iter().filter(|note| !note.is_empty());
    section.rows(notes.map(Row::Note))
}

/// Leaves the places out, then the rows of gates, those with the fewest exits first, until a legend of `sections` and
/// everything else that `legend` makes of them fits the sheet.
pub(super) fn fit(
    shown: &[ExitArea],
    rest: &[ExitArea],
    sheet: &Sheet,
    theme: &Theme,
    legend: impl Fn(Vec<Section>) -> Legend,
) -> Room {
    let mut room = Room { places: Places::Named, rows: shown.iter().map(|area| area.gates.len()).collect() };
    while !sheet.holds(&legend(sections(shown, rest, &room, theme))) {
        if room.places == Places::Named {
            room.places = Places::LeftOut;
            continue;
        }
        let last = |(area, rows): &(&ExitArea, &mut usize)| area.gates[**rows - 1].exits;
        let fewest = shown.iter().zip(&mut room.rows).filter(|(_, rows)| **rows > 1).min_by_key(last);
        let Some((_, rows)) = fewest else { break };
        *rows -= 1;
    }
    room
}

#[cfg(test)]
mod tests {
    use super::super::exit_area::ExitGate;
    use super::super::trails::Trails;
    use super::*;
    use crate::analysis::Compass;
    use crate::figure::layout::sheet::Orientation;
    use crate::figure::words::number::UNIT_GAP;
    use crate::geom::WorldPoint;
    use crate::model::Team;
    use crate::theme::DARK;

    fn area(exits: &[u64]) -> ExitArea {
        let all: u64 = exits.iter().sum();
        let gate = |exits: &u64| ExitGate {
            letter: '+',
            exits: *exits,
            share: *exits as f64 / all as f64,
            median_ms: 5_000,
            fastest_tenth_ms: 4_000,
            direction: Compass::North,
            place: None,
            at: WorldPoint::new(0.0, 1_300.0, 0.0),
            lanes: Vec::new(),
        };
        ExitArea {
            name: "Axis · north".to_owned(),
            team: Team::Axis,
            center: WorldPoint::new(0.0, 0.0, 0.0),
            ring_units: 1300.0,
            spawns: all + 7,
            exits: all,
            left_late: 2,
            never_left: 5,
            unknown: 0,
            gates: exits.iter().map(gate).collect(),
            other_gates: (0, 0),
            trails: Trails::Each(Vec::new()),
        }
    }

    #[test]
    fn every_letter_has_a_row_and_no_exit_is_lost() {
        let sheet = Sheet::new(Orientation::Landscape, 480).unwrap();
        let legend = |sections: Vec<Section>| sections.into_iter().fold(Legend::new("Map"), Legend::section);
        let mut areas: Vec<ExitArea> = (0..4).map(|i| area(&[30 + i, 20, 10, 9, 8, 7])).collect();
        super::super::exit_area::letter(&mut areas);
        let all = Room { places: Places::LeftOut, rows: vec![6; 4] };
        assert!(!sheet.holds(&legend(sections(&areas, &[], &all, &DARK))), "there are too many rows");
        let room = fit(&areas, &[], &sheet, &DARK, legend);
        let sections = sections(&areas, &[], &room, &DARK);
        assert!(sheet.holds(&legend(sections.clone())));
        assert!(room.rows.iter().all(|rows| *rows >= 1), "the main exit of each area has a row: {room:?}");
        // Letters with a row, and those in a line below the rows.
        let said = format!("{sections:?}");
        for gate in areas.iter().flat_map(|area| &area.gates) {
            let [row, line] = [format!("Letter('{}'", gate.letter), format!("{} ", gate.letter)];
            assert!(said.contains(&row) || said.contains(&line), "{}: {said}", gate.letter);
        }
        for area in &areas {
            let gates: u64 = area.gates.iter().map(|gate| gate.exits).sum();
            assert_eq!(gates + area.other_gates.1 + area.left_late + area.never_left, area.spawns);
            let percent = |words: &String| words.trim_end_matches(['%', UNIT_GAP]).parse::<u32>().unwrap();
            assert_eq!(area.percents().iter().map(percent).sum::<u32>(), 100);
        }
    }
}
