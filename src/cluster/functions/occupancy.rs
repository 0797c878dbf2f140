//! `occupancy(x, y, dx, dy, dt, step, 'GRID')`: time by state and cell, each step spread along its way in this library's own
//! arithmetic.
//!
//! Its answer is a list of rows `state`, `cell`, `us`, as in the lake's table `heat`; so is what executors hand on, and as all
//! sums are integers, the order in which it arrives does not matter.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray as _, Int8Array, Int32Array, Int64Array};
use datafusion::arrow::array::{ListArray, StructArray};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::datatypes::{
    ArrowPrimitiveType, DataType, Field, FieldRef, Fields, Int8Type, Int32Type, Int64Type,
};
use datafusion::common::{Result, ScalarValue, exec_err, plan_err};
use datafusion::logical_expr::function::AccumulatorArgs;
use datafusion::logical_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, Signature, Volatility};
use datafusion::physical_expr::expressions::Literal;

use super::grid::time_cells;
use crate::analysis::{Cells, Occupancy, Split, State, Weight, Who};
use crate::geom::WorldPoint;

/// The place of the grid among the arguments.
const GRID: usize = 6;
/// The cell that stands for all that lies outside the grid, as in the table `heat`.
const OUTSIDE: i32 = -1;
/// Tenths in a unit.
const TENTHS: f64 = 10.0;
/// Microseconds in a millisecond.
const US_PER_MS: u64 = 1_000;
/// The planes of a grid by state do not ask whose time it is.
const ANY: Who = Who { is_bot: false, team: 0, class: 0 };

/// The function.
pub(super) fn function() -> AggregateUDF {
    let whole = DataType::Int32;
    let arguments = vec![
        whole.clone(),
        whole.clone(),
        whole.clone(),
        whole.clone(),
        whole,
        DataType::Int8,
        DataType::Utf8,
    ];
    AggregateUDF::new_from_impl(Function { signature: Signature::exact(arguments, Volatility::Immutable) })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Function {
    signature: Signature,
}

impl AggregateUDFImpl for Function {
    fn name(&self) -> &'static str {
        "occupancy"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::List(row_field()))
    }

    fn accumulator(&self, arguments: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        let grid = arguments.exprs.get(GRID).and_then(|grid| grid.downcast_ref::<Literal>());
        let Some(Some(Some(text))) = grid.map(|grid| grid.value().try_as_str()) else {
            return plan_err!("occupancy: its last argument is a text: a map's name, or a grid");
        };
        let Some(cells) = time_cells(text) else {
            return plan_err!(
                "occupancy: {text:?} is neither a map that is known nor a grid: west,south,east,north,columns,rows"
            );
        };
        Ok(Box::new(Sums::new(cells)))
    }
}

fn columns() -> Fields {
    let field = |name: &str, kind: DataType| Field::new(name, kind, false);
    Fields::from(vec![
        field("state", DataType::Int8),
        field("cell", DataType::Int32),
        field("us", DataType::Int64),
    ])
}

fn row_field() -> FieldRef {
    Arc::new(Field::new_list_field(DataType::Struct(columns()), true))
}

/// Sums in the making.
#[derive(Debug)]
struct Sums {
    grid: Occupancy,
    /// Time outside the grid by state, µs.
    outside: [u64; State::ALL.len()],
}

impl Sums {
    fn new(cells: Cells) -> Self {
        Self { grid: Occupancy::new(cells, Split::State, Weight::Time), outside: [0; State::ALL.len()] }
    }

    fn add(&mut self, state: State, cell: i32, us: i64) -> Result<()> {
        let (place, Ok(us)) = (u32::try_from(cell), u64::try_from(us)) else {
            return exec_err!("occupancy: a time below 0 came from an executor");
        };
        match place {
            Ok(place) if (place as usize) < self.grid.cells().len() => {
                self.grid.add_times(ANY, state, [(Some(place), us)]);
            }
            Err(_) if cell == OUTSIDE => self.outside[state.index()] += us,
            _ => return exec_err!("occupancy: cell {cell} is outside the grid"),
        }
        Ok(())
    }

    fn list(&self) -> ScalarValue {
        let (mut states, mut cells, mut times) = (Vec::new(), Vec::new(), Vec::new());
        for state in State::ALL {
            let mut row = |cell: i32, us: u64| {
                states.push(state.index() as i8);
                cells.push(cell);
                times.push(i64::try_from(us).unwrap_or(i64::MAX));
            };
            let outside = self.outside[state.index()];
            if outside > 0 {
                row(OUTSIDE, outside);
            }
            self.grid.each_time(state.index(), |cell, us| row(cell as i32, us));
        }
        let length = OffsetBuffer::from_lengths([states.len()]);
        let values: Vec<ArrayRef> = vec![
            Arc::new(Int8Array::from(states)),
            Arc::new(Int32Array::from(cells)),
            Arc::new(Int64Array::from(times)),
        ];
        let rows = StructArray::new(columns(), values, None);
        ScalarValue::List(Arc::new(ListArray::new(row_field(), length, Arc::new(rows), None)))
    }
}

impl Accumulator for Sums {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let [x, y, dx, dy, dt, step, ..] = values else {
            return exec_err!("occupancy: arguments are missing");
        };
        let [x, y, dx, dy, dt] = [
            numbers::<Int32Type>(x)?,
            numbers::<Int32Type>(y)?,
            numbers::<Int32Type>(dx)?,
            numbers::<Int32Type>(dy)?,
            numbers::<Int32Type>(dt)?,
        ];
        let steps = numbers::<Int8Type>(step)?;
        let units = |tenths: i64| (tenths as f64 / TENTHS) as f32;
        let point = |x: i64, y: i64| WorldPoint::new(units(x), units(y), 0.0);
        for row in 0..steps.len() {
            // Breaks, the last sample, and samples that are not used.
            let Some(state) = state(steps[row]) else { continue };
            let [x, y, dx, dy] = [x[row], y[row], dx[row], dy[row]].map(i64::from);
            let us = u64::try_from(dt[row]).unwrap_or_default() * US_PER_MS;
            let line = [point(x, y), point(x + dx, y + dy)];
            self.outside[state.index()] += self.grid.add_step(ANY, state, line, us);
        }
        Ok(())
    }

    fn merge_batch(&mut self, partial: &[ArrayRef]) -> Result<()> {
        let Some(lists) = partial.first().and_then(|lists| lists.as_list_opt::<i32>()) else {
            return exec_err!("occupancy: sums expected from an executor");
        };
        for rows in lists.iter().flatten() {
            let Some([states, cells, times]) = rows.as_struct_opt().map(StructArray::columns) else {
                return exec_err!("occupancy: rows of three columns expected from an executor");
            };
            let (states, cells, times) =
                (numbers::<Int8Type>(states)?, numbers::<Int32Type>(cells)?, numbers::<Int64Type>(times)?);
            for ((code, cell), us) in states.iter().zip(cells).zip(times) {
                let Some(state) = state(*code) else { return exec_err!("occupancy: {code} is no state") };
                self.add(state, *cell, *us)?;
            }
        }
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![self.list()])
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(self.list())
    }

    fn size(&self) -> usize {
        // An upper bound: tiles exist only where players were.
        size_of_val(self) + self.grid.cells().len() * size_of::<u32>()
    }
}

/// A column's values, none of which may be missing.
fn numbers<T: ArrowPrimitiveType>(column: &ArrayRef) -> Result<&[T::Native]> {
    match column.as_primitive_opt::<T>() {
        Some(numbers) if numbers.null_count() == 0 => Ok(numbers.values()),
        _ => exec_err!("occupancy: whole numbers expected, none of them missing"),
    }
}

fn state(code: i8) -> Option<State> {
    State::ALL.get(usize::try_from(code).ok()?).copied()
}
