//! The colours of a heatmap: which planes there are, what they are called, and how much each holds.

use super::fields::Counts;
use super::spec::By;
use crate::analysis::{State, StateSet};
use crate::figure::words::data_summary::DataSummary;
use crate::figure::words::filter_words;
use crate::figure::words::state_legend;
use crate::model::{Class, Team};
use crate::scene::Color;
use crate::theme::Theme;

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

/// The colours that a grid has: what its files can tell apart, even where it did not happen, and whatever was found
/// besides.
pub(super) fn categories(
    by: By,
    theme: &Theme,
    data_summary: &DataSummary,
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
            for state in state_legend::FAST_TO_SLOW {
                let expected = wanted.contains(state) && state_legend::is_told(state, data_summary);
                let label = state_legend::label(state, data_summary).to_owned();
                add(state.index(), label, theme.state(state), Some(state), expected);
            }
        }
        By::Team => {
            for (plane, team) in [(1, Team::Allies), (0, Team::Axis)] {
                add(plane, filter_words::team(&team), theme.team(&team), None, true);
            }
            add(2, "neither".to_owned(), theme.not_recorded, None, false);
        }
        By::Class => {
            for (plane, class) in CLASSES.iter().enumerate() {
                add(plane, filter_words::class(class), theme.class(class), None, true);
            }
            add(5, "unknown".to_owned(), theme.not_recorded, None, false);
        }
        By::None => add(0, String::new(), theme.text, None, true),
    }
    let held: Vec<u64> = found.iter().map(|(_, held)| *held).collect();
    for ((category, _), share) in found.iter_mut().zip(state_legend::shares(&held)) {
        category.share = share;
    }
    found.into_iter().map(|(category, _)| category).collect()
}
