//! States as legends show them: which ones the files can tell apart, what they are called, and how much each holds.
//! What a file does not record has no row: a 0 would be a claim.

use super::data_summary::DataSummary;
use super::number;
use super::number::UNIT_GAP;
use crate::analysis::State;

/// In the order of lightness, fastest first.
pub const FAST_TO_SLOW: [State; 6] =
    [State::Sprint, State::Upright, State::Crouch, State::Prone, State::Low, State::Unknown];

/// What a legend says below its rows when [`State::Low`] is among them.
pub const LOW_NOTE: &str = "low = crouch or prone, not told apart";

/// What a caption says where the files do not tell who sprinted.
pub const UPRIGHT_NOTE: &str = "upright: run, stand or sprint, not told apart";

/// Whether the files can tell that a player is in a state, so that "none" is a finding.
pub fn is_told(state: State, data_summary: &DataSummary) -> bool {
    match state {
        State::Sprint => data_summary.has_sprint(),
        State::Upright => true,
        State::Crouch | State::Prone => data_summary.has_crouch(),
        State::Low => data_summary.has_low(),
        State::Unknown => false,
    }
}

/// A state's name in a legend.
pub fn label(state: State, data_summary: &DataSummary) -> &'static str {
    match state {
        State::Upright if !data_summary.sprint_is_known() => "upright",
        State::Low => "low",
        state => state.label(),
    }
}

/// Shares of a whole in words that add up to 100 %; what is there but rounds to nothing is not called 0.
pub fn shares(held: &[u64]) -> Vec<String> {
    held.iter()
        .zip(number::percents(held))
        .map(|(held, percent)| match (percent, held) {
            (0, 1..) => number::percent(0.001),
            (percent, _) => format!("{percent}{UNIT_GAP}%"),
        })
        .collect()
}

/// A row of a legend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The state.
    pub state: State,
    /// Its name.
    pub label: &'static str,
    /// How much it holds, as given.
    pub held: u64,
    /// Its share of everything, in words.
    pub share: String,
}

/// The rows of a legend of states, fastest first: everything the files can tell, and whatever was found besides.
/// `held` by [`State::index`], in any unit.
pub fn entries(held: &[u64; State::ALL.len()], data_summary: &DataSummary) -> Vec<Entry> {
    let rows: Vec<State> = FAST_TO_SLOW
        .into_iter()
        .filter(|state| held[state.index()] > 0 || is_told(*state, data_summary))
        .collect();
    let parts: Vec<u64> = rows.iter().map(|state| held[state.index()]).collect();
    rows.into_iter()
        .zip(parts.iter().zip(shares(&parts)))
        .map(|(state, (held, share))| Entry { state, label: label(state, data_summary), held: *held, share })
        .collect()
}
