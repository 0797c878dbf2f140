//! Rounds of a lake that an engine sums for heatmaps and for pictures of many paths.

use std::collections::{BTreeMap, BTreeSet};

use datafusion::arrow::array::{AsArray as _, RecordBatch};
use datafusion::arrow::datatypes::UInt64Type;
use datafusion::common::ScalarValue;
use datafusion::execution::FunctionRegistry as _;
use datafusion::logical_expr::{LogicalPlanBuilder, col, lit};
use datafusion::prelude::{DataFrame, SessionContext};

use super::engine::Engine;
use super::error::{ClusterError, Result};
use super::functions::{Sums, rounds_to_bytes, text_of_extent, text_of_grids};
use crate::analysis::{HeatGrids, HeatSums, SumsWanted};
use crate::figure::request::FigureSums;
use crate::geom::WorldRect;
use crate::lake::{Lake, LakeError, LakeRound};
use crate::progress::Progress;
use crate::rounds::{EachRound, Faults, RoundView, Rounds, RoundsError};

/// Samples that one task sums. The fewer, the more sums there are: their number grows with the root of the samples.
const SAMPLES_A_TASK: usize = 2 << 20;

/// Rounds that pass by as those of the lake do, and are summed by an engine where sums are enough. What is not in the sums (parts
/// of rounds in several files, and all rounds where a picture asks for more than sums) is read here.
#[derive(Debug)]
pub struct SummedRounds<'e> {
    rounds: Rounds,
    engine: &'e Engine,
}

/// The places of the rounds that one task sums, all of one set of files.
type Task = Vec<usize>;

impl<'e> SummedRounds<'e> {
    /// These rounds, summed by an engine.
    pub fn new(rounds: Rounds, engine: &'e Engine) -> Self {
        Self { rounds, engine }
    }

    /// The lines of all these rounds; `None` where some of them have to be read here.
    ///
    /// # Errors
    /// An engine that does not answer.
    pub fn paths(&self, extent: WorldRect) -> Result<Option<FigureSums>> {
        let Some((lake, rounds)) = self.rounds.of_lake() else { return Ok(None) };
        let places = self.rounds.alone();
        if places.is_empty() || places.len() < self.rounds.len() {
            return Ok(None);
        }
        let tasks = tasks(lake, rounds, &places);
        let packed = self.ask(Sums::Paths, lake, rounds, &tasks, &text_of_extent(&extent))?;
        match FigureSums::of_paths(extent, packed.iter().map(Vec::as_slice)) {
            None => Err(no_answer(lake).into()),
            paths => Ok(paths),
        }
    }

    /// The sums of each task's rounds over what a text says, in the order of the tasks.
    fn ask(
        &self,
        sums: Sums,
        lake: &Lake,
        rounds: &[LakeRound],
        tasks: &[Task],
        over: &str,
    ) -> Result<Vec<Vec<u8>>> {
        let rows: Vec<Vec<ScalarValue>> =
            (tasks.iter().enumerate()).map(|(index, task)| row(index, lake, task, rounds, over)).collect();
        let answer = self.engine.ask(&async |context: &SessionContext| plan(sums, &rows, context))?;
        let mut of_tasks = BTreeMap::new();
        for batch in &answer {
            let (indices, packed) = columns(batch).ok_or_else(|| no_answer(lake))?;
            let packed = packed.into_iter().map(<[u8]>::to_vec);
            of_tasks.extend(indices.iter().filter_map(|index| usize::try_from(*index).ok()).zip(packed));
        }
        if of_tasks.keys().copied().eq(0..tasks.len()) {
            Ok(of_tasks.into_values().collect())
        } else {
            Err(no_answer(lake).into())
        }
    }

    /// The sums of each task's rounds.
    fn ask_heat(
        &self,
        lake: &Lake,
        rounds: &[LakeRound],
        tasks: &[Task],
        grids: &HeatGrids,
    ) -> Result<Vec<HeatSums>> {
        let packed = self.ask(Sums::Heat, lake, rounds, tasks, &text_of_grids(grids))?;
        let unpacked = packed.into_iter().zip(tasks).map(|(packed, task)| {
            let of: Vec<&LakeRound> = task.iter().map(|place| &rounds[*place]).collect();
            Ok(lake.unpack_sums(packed, &of, grids)?)
        });
        unpacked.collect()
    }
}

fn no_answer(lake: &Lake) -> LakeError {
    LakeError::damaged(lake.folder(), "an executor's answer is no answer to the question")
}

/// Divides rounds into tasks.
fn tasks(lake: &Lake, rounds: &[LakeRound], places: &[usize]) -> Vec<Task> {
    let mut by_part: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for place in places {
        by_part.entry(lake.part_of(&rounds[*place])).or_default().push(*place);
    }
    let mut tasks = Vec::new();
    for mut places in by_part.into_values() {
        // Neighbours in the file go together.
        places.sort_by_key(|place| rounds[*place].number());
        let (mut task, mut samples) = (Task::new(), 0);
        for place in places {
            task.push(place);
            samples += rounds[place].sample_rows();
            if samples >= SAMPLES_A_TASK {
                tasks.push(std::mem::take(&mut task));
                samples = 0;
            }
        }
        tasks.extend(Some(task).filter(|task| !task.is_empty()));
    }
    tasks
}

/// A task as the arguments of a function that sums, after its place among all tasks.
fn row(index: usize, lake: &Lake, task: &[usize], rounds: &[LakeRound], over: &str) -> Vec<ScalarValue> {
    let part = task.first().map_or("", |place| lake.part_of(&rounds[*place]));
    let numbers = rounds_to_bytes(task.iter().map(|place| (rounds[*place].number(), *place as u32)));
    vec![
        ScalarValue::from(index as u64),
        ScalarValue::from(lake.address()),
        ScalarValue::from(part),
        ScalarValue::Binary(Some(numbers)),
        ScalarValue::from(over),
    ]
}

/// One branch of a union for each task, because a branch is the least that goes to an executor.
fn plan(sums: Sums, rows: &[Vec<ScalarValue>], context: &SessionContext) -> Result<DataFrame> {
    let function = context.udf(sums.name())?;
    let names = ["column2", "column3", "column4", "column5"];
    let mut branches = rows.iter().map(|row| {
        let values = LogicalPlanBuilder::values(vec![row.iter().cloned().map(lit).collect()])?;
        let sums = function.call(names.map(col).to_vec()).alias("sums");
        let plan = values.project(vec![col("column1").alias("task"), sums])?.build()?;
        Ok::<_, ClusterError>(DataFrame::new(context.state(), plan))
    });
    let first = branches.next().transpose()?;
    let whole = branches.try_fold(first, |whole, branch| {
        Ok::<_, ClusterError>(Some(match whole {
            Some(whole) => whole.union(branch?)?,
            None => branch?,
        }))
    })?;
    Ok(match whole {
        Some(whole) => whole,
        None => context.read_empty()?,
    })
}

fn columns(batch: &RecordBatch) -> Option<(&[u64], Vec<&[u8]>)> {
    let [indices, packed] = batch.columns() else { return None };
    let packed = packed.as_binary_opt::<i32>()?;
    Some((indices.as_primitive_opt::<UInt64Type>()?.values(), packed.iter().flatten().collect()))
}

impl EachRound for SummedRounds<'_> {
    fn look<A: Send>(
        &self,
        progress: &dyn Progress,
        what: &str,
        make: impl Fn() -> A + Sync,
        add: impl Fn(&mut A, &RoundView<'_>) + Sync,
        merge: impl Fn(&mut A, A),
    ) -> std::result::Result<A, RoundsError> {
        self.rounds.look(progress, what, make, add, merge)
    }

    fn fold<A: Send>(
        &self,
        progress: &dyn Progress,
        what: &str,
        make: impl Fn() -> A + Sync,
        add: impl Fn(&mut A, &RoundView<'_>) + Sync,
        merge: impl Fn(&mut A, A),
    ) -> std::result::Result<(A, Faults), RoundsError> {
        self.rounds.fold(progress, what, make, add, merge)
    }

    fn summed(
        &self,
        wanted: &SumsWanted<'_>,
        take: &mut dyn FnMut(&HeatSums),
    ) -> std::result::Result<Option<Self>, RoundsError> {
        // Months that the lake has summed cost least.
        let rest = self.rounds.summed(wanted, take)?.unwrap_or_else(|| self.rounds.clone());
        let Some((lake, rounds)) = rest.of_lake() else { return Ok(None) };
        let places = rest.alone();
        let tasks = tasks(lake, rounds, &places);
        if !tasks.is_empty() {
            let sums = self.ask_heat(lake, rounds, &tasks, &wanted.grids);
            let sums = sums.map_err(|error| match error {
                ClusterError::Lake(error) => RoundsError::Lake(error),
                error => RoundsError::Elsewhere(Box::new(error)),
            })?;
            sums.iter().for_each(take);
        }
        let summed: BTreeSet<usize> = places.into_iter().collect();
        let left = rest.part(|place| !summed.contains(&place));
        Ok((left.len() < self.rounds.len()).then(|| Self { rounds: left, engine: self.engine }))
    }
}
