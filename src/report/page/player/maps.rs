//! A player on each map: where the player died and killed, and where the player spent more or less time than the team.

use std::fmt::Write as _;

use super::Own;
use crate::figure::words::number;
use crate::geom::WorldPoint;
use crate::report::model::SessionReport;
use crate::report::players::own::ground::{Run, cells};

/// Deaths and kills that one map shows, at most: a page stays light however long the session was.
const MOST_MARKS: usize = 400;

/// One map with the player's marks, in the coordinates of `columns` × `rows` cells.
pub(crate) struct OwnMap {
    pub name: String,
    /// The map alone, a picture that all players' parts share.
    pub ground: String,
    pub width: u32,
    pub height: u32,
    pub columns: u32,
    pub rows: u32,
    /// Classes of the style sheet with the cells they colour, as paths along the upper edge of each row.
    pub heat: Vec<(&'static str, String)>,
    pub kills: String,
    pub deaths: String,
    pub line: String,
}

impl SessionReport<'_> {
    pub(super) fn own_maps(&self, person: usize, own: &Own) -> Vec<OwnMap> {
        let map = |(place, part): (usize, &crate::report::model::MapPart)| {
            let ground = own.ground[place].get(&person)?;
            let extent = self.map_data[part.map].map.extent.rect;
            let cells = cells(&extent)?;
            let (columns, rows) = (cells.columns(), cells.rows());
            let at = |at: WorldPoint| {
                let x = (f64::from(at.x) - extent.min_x()) / extent.width() * f64::from(columns);
                let y = (extent.max_y() - f64::from(at.y)) / extent.height() * f64::from(rows);
                (x, y)
            };
            let here = |round: usize| part.rounds.iter().any(|part| part.index == round);
            let kills = own.kills.iter().filter(|kill| kill.killer == person && here(kill.round));
            let kills: Vec<(f64, f64)> = kills.map(|kill| at(kill.at)).collect();
            let deaths = own.deaths.iter().filter(|death| death.victim == person && here(death.round));
            let deaths: Vec<(f64, f64)> = deaths.map(|death| at(death.at)).collect();
            let [width, height] = self.ground_size(part);
            let heat = [
                ("more2", &ground.more[0]),
                ("more1", &ground.more[1]),
                ("less2", &ground.less[0]),
                ("less1", &ground.less[1]),
            ];
            Some(OwnMap {
                name: self.map_title(part.map),
                ground: part.ground.clone(),
                width,
                height,
                columns,
                rows,
                heat: heat
                    .into_iter()
                    .filter(|(_, runs)| !runs.is_empty())
                    .map(|(class, runs)| (class, path(runs)))
                    .collect(),
                line: format!(
                    "{} · {}",
                    number::counted(kills.len() as u64, "kill", "kills"),
                    number::counted(deaths.len() as u64, "death", "deaths")
                ),
                kills: points(&kills),
                deaths: points(&deaths),
            })
        };
        self.maps.iter().enumerate().filter_map(map).collect()
    }
}

/// Corners of a line that is not drawn: the style sheet puts a mark on each.
fn points(marks: &[(f64, f64)]) -> String {
    let mut text = String::new();
    for (x, y) in marks.iter().take(MOST_MARKS) {
        // Writing to a String cannot fail.
        let _ = write!(text, "{}{x:.1},{y:.1}", if text.is_empty() { "" } else { " " });
    }
    text
}

fn path(runs: &[Run]) -> String {
    let mut text = String::new();
    for (column, row, length) in runs {
        let _ = write!(text, "M{column} {row}h{length}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_and_cells_are_short() {
        assert_eq!(points(&[(1.0, 2.04), (55.96, 3.0)]), "1.0,2.0 56.0,3.0");
        assert_eq!(path(&[(3, 0, 2), (0, 7, 1)]), "M3 0h2M0 7h1");
        assert!(points(&vec![(55.5, 55.5); 100_000]).len() < 10 * MOST_MARKS);
    }
}
