//! Signs that a file's end is missing. Each of them makes a file incomplete; nothing is left out because of them.

use crate::format::read::header::Header;
use crate::format::read::lines::{Line, LineEnd};
use crate::format::read::seen::Seen;
use crate::format::read::value::fault::Faults;
use crate::format::table::Table;
use crate::model::{EngagementEvent, Event, Family, Outcome, Round};
use crate::text::counted;

/// Looks at a file that was read to its `last` line. The sign within a row, too few samples, is found with the row.
pub(crate) fn look_for_signs(round: &Round, header: &Header, seen: &Seen, last: Line, faults: &mut Faults) {
    let (line, end) = (last.number, last.bytes.len());
    if last.end == LineEnd::Missing {
        faults.cut(line, end, format_args!("the file ends without a line end"));
    } else if last.bytes.is_empty() {
        faults.cut(line, end, format_args!("the file ends with an empty line, expected a heading after it"));
    }
    for table in [Table::Engagements, Table::Tracks, Table::KillHeatmap, Table::MovementHeatmap] {
        let due = table != Table::Tracks || round.meta.family != Family::V3;
        if due && !seen.tables.contains(&table) {
            faults.cut(line, end, format_args!("the file ends without the section {}", table.heading()));
        }
    }
    match seen.end_marker {
        Some(marker) => {
            let declared: u64 =
                round.tracks.iter().fold(0, |sum, track| sum.saturating_add(track.declared_samples));
            if marker.tracks != seen.track_rows {
                let (said, found) = (counted(marker.tracks, "life", "lives"), seen.track_rows);
                faults.cut(line, 0, format_args!("the end marker counts {said}, but the file has {found}"));
            } else if marker.samples != declared && !seen.damaged.contains(&Table::Tracks) {
                let said = counted(marker.samples, "sample", "samples");
                faults.cut(
                    line,
                    0,
                    format_args!("the end marker counts {said}, but the file has {declared}"),
                );
            }
        }
        // Our own module always writes the marker; its version number tells its files from others that imitate it.
        None if round.meta.own_module && header.place_of("tracker_version").is_some() => {
            faults.cut(line, end, format_args!("the file ends without its end marker"));
        }
        None => look_for_missing_cells(round, seen, line, end, faults),
    }
}

/// The movement heatmap is the last of the sections that are always there, and it counts what the others list: grid
/// samples of lives, hits and escapes of engagements. When the file ends in it and it counts too few, rows are missing.
fn look_for_missing_cells(round: &Round, seen: &Seen, line: usize, end: usize, faults: &mut Faults) {
    let switched_off =
        round.meta.capabilities.iter().any(|(name, on)| &**name == "heatmap_generation" && !on);
    let heatmap = Table::MovementHeatmap;
    if seen.open != Some(heatmap) || seen.damaged.contains(&heatmap) || switched_off {
        return;
    }
    let samples = round.tracks.iter().flat_map(|track| &track.samples);
    let grid = samples.filter(|sample| sample.event == Event::Sample).count();
    let points = || round.engagements.iter().flat_map(|engagement| &engagement.positions);
    let hits = points().filter(|point| point.event == EngagementEvent::Hit).count();
    // An engagement that the round's end broke off writes `escape` too, but trackers do not count it.
    let escaped = round.engagements.iter().filter(|engagement| engagement.outcome == Outcome::Escaped);
    let escapes =
        escaped.flat_map(|e| &e.positions).filter(|point| point.event == EngagementEvent::Escape).count();
    let sum = |count: fn(&crate::model::MovementCell) -> i64| {
        round.movement_cells.iter().fold(0_i64, |sum, cell| sum.saturating_add(count(cell)))
    };
    let sums = [
        (sum(|cell| cell.traversal), grid, "grid samples"),
        (sum(|cell| cell.combat), hits, "hits"),
        (sum(|cell| cell.escape), escapes, "escapes"),
    ];
    for (counted, found, what) in sums {
        if counted < found as i64 {
            let heading = heatmap.heading();
            faults.cut(
                line,
                end,
                format_args!("{heading} counts {counted} of {found} {what}; its end is missing"),
            );
            return;
        }
    }
}
