//! `heat_sums('LAKE', 'PART', ROUNDS, 'GRIDS')`: all that heatmaps need of some rounds, summed where it is asked for.
//!
//! Captions tell what cleaning left out of which life, and that no sum over samples can know: this function reads rounds as
//! pictures of a lake do. It is asked by the client of a heatmap, not by people.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::{Array as _, AsArray as _, BinaryBuilder};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{DataFusionError, Result, exec_err};
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

use super::grid::grids_of;
use crate::cluster::bucket::place;
use crate::lake::Lake;

/// Bytes of a round's number.
const NUMBER: usize = size_of::<i64>();

/// Its name.
pub(in crate::cluster) const NAME: &str = "heat_sums";

/// The function.
pub(super) fn function(cache: &Path) -> ScalarUDF {
    let arguments = vec![DataType::Utf8, DataType::Utf8, DataType::Binary, DataType::Utf8];
    // Volatile, because the planner would ask it itself if it were not.
    let signature = Signature::exact(arguments, Volatility::Volatile);
    ScalarUDF::new_from_impl(Function { signature, cache: cache.to_owned() })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Function {
    signature: Signature,
    /// Where files of buckets are kept that were read.
    cache: PathBuf,
}

/// Rounds' numbers as the function takes them.
pub(in crate::cluster) fn numbers_to_bytes(numbers: impl Iterator<Item = i64>) -> Vec<u8> {
    numbers.flat_map(i64::to_le_bytes).collect()
}

impl ScalarUDFImpl for Function {
    fn name(&self) -> &'static str {
        NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::Binary)
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let columns = ColumnarValue::values_to_arrays(&arguments.args)?;
        let [lakes, parts, rounds, grids] = columns.as_slice() else {
            return exec_err!("heat_sums: four arguments expected");
        };
        let (Some(lakes), Some(parts), Some(rounds), Some(grids)) = (
            lakes.as_string_opt::<i32>(),
            parts.as_string_opt::<i32>(),
            rounds.as_binary_opt::<i32>(),
            grids.as_string_opt::<i32>(),
        ) else {
            return exec_err!("heat_sums: texts expected, and rounds as bytes");
        };
        let mut sums = BinaryBuilder::new();
        for row in 0..lakes.len() {
            let Some(grids) = grids_of(grids.value(row)) else { return exec_err!("heat_sums: no grids") };
            let numbers = rounds.value(row).chunks_exact(NUMBER);
            let numbers: Vec<i64> =
                numbers.map(|bytes| i64::from_le_bytes(bytes.try_into().unwrap_or_default())).collect();
            let packed = place(lakes.value(row), &self.cache)
                .and_then(|place| Ok(Lake::open(place)?.sum_packed(parts.value(row), &numbers, grids)?));
            let failed = |error| DataFusionError::Execution(crate::text::with_causes(&error));
            let packed = packed.map_err(failed)?;
            sums.append_value(packed);
        }
        Ok(ColumnarValue::Array(Arc::new(sums.finish())))
    }
}
