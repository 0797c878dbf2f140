//! The legend of deaths: its swatches are the marks of the map.

use super::heat::{DeathHeat, DeathPlace, LEGEND_CELL_UNITS, SIDES};
use super::kill::Kill;
use super::{Marks, cross_mark, dot_radius, team_shape};
use crate::analysis::DeathKind;
use crate::figure::heatmap::Shading;
use crate::figure::layout::legend::{Mark, Row, Section};
use crate::figure::words::filter_words;
use crate::figure::words::number;
use crate::model::Team;
use crate::plane::oklab::Lab;
use crate::theme::{self, Theme};

/// Where the bar of brightness has ticks.
const TICKS: [f32; 5] = [0.0, 0.25, 0.5, 0.75, 1.0];

/// Who died, in the look of the map.
pub(super) fn deaths(kills: &[&Kill], heat: Option<&DeathHeat>, marks: Marks, theme: &Theme) -> Section {
    let died = |team: &Team| kills.iter().filter(|kill| kill.team == *team).count() as u64;
    let mut section = Section::legend("Died");
    for team in SIDES {
        let (color, label) = (theme.team(&team), filter_words::team(&team));
        let count = died(&team);
        section = section.row(if let Some(heat) = heat {
            let bar = Shading { theme, look: heat.look() }.bar(&|_| theme::lab(color));
            Row::Glow { label, value: number::count(count), bar }
        } else {
            let mark = mark(marks, &team, theme).unwrap_or(Mark::Swatch(color));
            Row::entry(mark, label, number::count(count))
        });
    }
    if heat.is_some() {
        let one =
            |team: &Team| Some((mark(marks, team, theme)?, format!("{} death", filter_words::team(team))));
        if let [Some(allies), Some(axis)] = SIDES.each_ref().map(one) {
            section = section.row(Row::Pair([allies, axis]));
        }
    }
    let others: Vec<String> = [DeathKind::TeamKill, DeathKind::SelfKill, DeathKind::Fallen, DeathKind::World]
        .into_iter()
        .map(|kind| (kind, kills.iter().filter(|kill| kill.kind == kind).count()))
        .filter(|(_, n)| *n > 0)
        .map(|(kind, n)| match kind {
            DeathKind::SelfKill => number::counted(n as u64, "self kill", "self kills"),
            kind => format!("{} {}", number::count(n as u64), kind.label()),
        })
        .collect();
    if !others.is_empty() {
        section = section.row(Row::Note(format!("of them {}", others.join(", "))));
    }
    // Below heat it is too faint to be asked about, and its room is needed for places.
    let grey = || Row::key(Mark::Swatch(theme.muted.opacity(0.5)), "grey: where players were");
    section.rows(heat.is_none().then(grey))
}

/// How a single death of a side is marked; `None` where heat alone shows them.
fn mark(marks: Marks, team: &Team, theme: &Theme) -> Option<Mark> {
    let color = theme.team(team);
    match marks {
        Marks::Crosses => Some(cross_mark(color)),
        Marks::Dots => {
            let (shape, radius) = (team_shape(team), 1.5 * dot_radius(team));
            Some(Mark::Shape { shape, radius, fill: Some(color) })
        }
        Marks::None => None,
    }
}

/// What brightness means.
pub(super) fn scale(heat: &DeathHeat, theme: &Theme) -> Section {
    let text = theme::lab(theme.text);
    let bar = Shading { theme, look: heat.look() }.bar(&|_| Lab::new(text.l, 0.0, 0.0));
    let ticks = TICKS
        .iter()
        .map(|v| {
            let value = number::significant(heat.value(f64::from(*v)));
            (*v, if *v >= 1.0 { format!("≥ {value}") } else { value })
        })
        .collect();
    Section::legend("Deaths")
        .row(Row::Ramp { bars: vec![bar], thickness: 22.0, ticks })
        .row(Row::Note(format!("in a square of {LEGEND_CELL_UNITS:.0} u; greyer = both sides died there")))
}

/// Where killers stood, where lines lead from there.
pub(super) fn killers(kills: &[&Kill], theme: &Theme) -> Section {
    let killed = |team| {
        let of_enemy = |kill: &&&Kill| kill.kind == DeathKind::Killed;
        let by = |kill: &&&Kill| kill.killer.as_ref().is_some_and(|(_, side)| *side == team);
        kills.iter().filter(of_enemy).filter(by).count()
    };
    Section::legend("Killed from")
        .rows(SIDES.map(|team| {
            let shape = team_shape(&team);
            let mark = Mark::Shape { shape, radius: 6.0, fill: Some(theme.team(&team)) };
            let count = number::counted(killed(team.clone()) as u64, "kill", "kills");
            Row::entry(mark, filter_words::team(&team), count)
        }))
        .row(Row::Note("where the place is known; a line leads to the death".to_owned()))
}

/// The places where most died; `None` without any.
pub(super) fn places(places: &[DeathPlace], theme: &Theme) -> Option<Section> {
    let row = |(letter, place): (char, &DeathPlace)| {
        let deaths = number::counted(place.deaths as u64, "death", "deaths");
        Row::entry(Mark::Letter(letter, theme.text), place.name.clone(), deaths)
    };
    let section = || Section::table("Most deaths").rows(('A'..='Z').zip(places).map(row));
    (!places.is_empty()).then(section)
}
