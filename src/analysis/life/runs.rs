//! Steps in a row that are walked in one state: found once, so that what is asked about a state goes through its steps alone.

use std::ops::Range;

use super::breaks::BreakReason;
use super::state::{State, StateDecoder};
use crate::model::Sample;

/// Steps in a row in one state, up to the next run's first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    first: u32,
    /// `None`: breaks, which no player walked.
    state: Option<State>,
}

/// All steps of a life, run by run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StateRuns {
    runs: Box<[Run]>,
    /// How many steps there are.
    steps: usize,
}

impl StateRuns {
    /// Those of the steps between these samples, of which these are breaks, in order.
    pub(super) fn of(samples: &[Sample], breaks: &[(usize, BreakReason)], meaning: StateDecoder) -> Self {
        let mut breaks = breaks.iter().map(|(at, _)| *at).peekable();
        Self::of_states(samples.windows(2).enumerate().map(|(step, pair)| {
            let is_break = breaks.next_if_eq(&step).is_some();
            (!is_break).then(|| meaning.between(&pair[0], &pair[1]))
        }))
    }

    /// Those of steps in these states; `None`: breaks.
    fn of_states(states: impl Iterator<Item = Option<State>>) -> Self {
        let (mut runs, mut steps) = (Vec::<Run>::new(), 0);
        for state in states {
            if runs.last().is_none_or(|run| run.state != state) {
                runs.push(Run { first: steps as u32, state });
            }
            steps += 1;
        }
        Self { runs: runs.into(), steps }
    }

    /// The walked steps among these, run by run.
    pub(crate) fn within(&self, steps: Range<usize>) -> impl Iterator<Item = (Range<usize>, State)> {
        let first = self.runs.partition_point(|run| run.first as usize <= steps.start).saturating_sub(1);
        let runs = self.runs[first..].iter().take_while(move |run| (run.first as usize) < steps.end);
        let ends = self.runs[first..].iter().skip(1).map(|run| run.first as usize).chain([self.steps]);
        runs.zip(ends).filter_map(move |(run, end)| {
            let run_steps = steps.start.max(run.first as usize)..steps.end.min(end);
            run.state.filter(|_| !run_steps.is_empty()).map(|state| (run_steps, state))
        })
    }

    /// About how much memory they take, bytes.
    pub(super) fn bytes(&self) -> usize {
        size_of_val(&*self.runs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_hold_each_walked_step_in_its_state() {
        let states: Vec<Option<State>> = (0..60_usize)
            .map(|step| match step * step % 11 {
                0 => None,
                rest => Some(State::ALL[rest / 4]),
            })
            .collect();
        let runs = StateRuns::of_states(states.iter().copied());
        assert!(runs.runs.len() > 20 && runs.runs.len() < 60);
        for first in 0..=60 {
            for after in first..=60 {
                let found =
                    runs.within(first..after).flat_map(|(steps, state)| steps.map(move |at| (at, state)));
                let expected = (first..after).filter_map(|at| Some((at, states[at]?)));
                assert!(found.eq(expected), "{first}..{after}");
            }
        }
        assert_eq!(StateRuns::of_states(std::iter::empty()).within(0..0).count(), 0);
    }
}
