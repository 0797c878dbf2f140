//! The colours of a heatmap: which planes there are, what they are called, and how much each holds.

use super::fields::Counts;
use super::spec::By;
use crate::analysis::{State, StateSet};
use crate::figure::census::Census;
use crate::figure::states;
use crate::figure::subject;
use crate::figure::theme::Theme;
use crate::model::{Class, Team};
use crate::scene::Color;

/// One colour of a heatmap.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Category {
    /// Its plane in the occupancy grid.
    pub(super) plane: usize,
    /// Its name.
    pub(super) label: String,
    /// Its colour.
    pub(super) color: Color,
    /// Its state, if it is one.
    pub(super) state: Option<State>,
    /// How much of everything it holds, written.
    pub(super) share: String,
}

const CLASSES: [Class; 5] =
    [Class::Soldier, Class::Medic, Class::Engineer, Class::FieldOps, Class::CovertOps];

/// The colours that a grid has: what its files can tell apart, even where nobody did it, and whatever was found
/// besides.
pub(super) fn categories(
    by: By,
    theme: &Theme,
    census: &Census,
    counts: &Counts,
    wanted: StateSet,
) -> Vec<Category> {
    let mut found: Vec<(Category, u64)> = Vec::new();
    let mut add = |plane: usize, label: String, color: Color, state: Option<State>, expected: bool| {
        let held = counts.sum(plane);
        if expected || held > 0 {
            found.push((Category { plane, label, color, state, share: String::new() }, held));
        }
    };
    match by {
        By::State => {
            for state in states::FAST_TO_SLOW {
                let expected = wanted.contains(state) && states::is_told(state, census);
                let label = states::label(state, census).to_owned();
                add(state.index(), label, theme.state(state), Some(state), expected);
            }
        }
        By::Team => {
            for (plane, team) in [(1, Team::Allies), (0, Team::Axis)] {
                add(plane, subject::team(&team), theme.team(&team), None, true);
            }
            add(2, "neither".to_owned(), theme.not_recorded, None, false);
        }
        By::Class => {
            for (plane, class) in CLASSES.iter().enumerate() {
                add(plane, subject::class(class), theme.class(class), None, true);
            }
            add(5, "unknown".to_owned(), theme.not_recorded, None, false);
        }
        By::None => add(0, String::new(), theme.text, None, true),
    }
    let held: Vec<u64> = found.iter().map(|(_, held)| *held).collect();
    for ((category, _), share) in found.iter_mut().zip(states::shares(&held)) {
        category.share = share;
    }
    found.into_iter().map(|(category, _)| category).collect()
}
