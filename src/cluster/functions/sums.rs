//! `heat_sums('LAKE', 'PART', ROUNDS, 'GRIDS')` and `path_sums('LAKE', 'PART', ROUNDS, 'EXTENT')`: all that heatmaps, or pictures
//! of many paths, need of some rounds, summed where it is asked for.
//!
//! Captions tell what cleaning left out of which life, and that no sum over samples can know: these functions read rounds as
//! pictures of a lake do. They are asked by the client of a picture, not by people.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::{Array as _, AsArray as _, BinaryBuilder};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{DataFusionError, Result, exec_err};
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

use super::grid::{extent_of, grids_of};
use crate::cluster::bucket::place;
use crate::figure::request::FigureSums;
use crate::lake::{Lake, LakeError};

/// Bytes of a round's number, and of its place in the input.
const NUMBER: usize = size_of::<i64>();
const ORDER: usize = size_of::<u32>();

/// What is summed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::cluster) enum Sums {
    /// Time, for heatmaps.
    Heat,
    /// Lines, for paths.
    Paths,
}

impl Sums {
    /// Both.
    pub(super) const ALL: [Self; 2] = [Self::Heat, Self::Paths];

    /// The function's name.
    pub(in crate::cluster) fn name(self) -> &'static str {
        match self {
            Self::Heat => "heat_sums",
            Self::Paths => "path_sums",
        }
    }

    /// The function. What it reads of buckets is kept in `cache`.
    pub(super) fn function(self, cache: &Path) -> ScalarUDF {
        let arguments = vec![DataType::Utf8, DataType::Utf8, DataType::Binary, DataType::Utf8];
        // Volatile, because the planner would ask it itself if it were not.
        let signature = Signature::exact(arguments, Volatility::Volatile);
        ScalarUDF::new_from_impl(Function { sums: self, signature, cache: cache.to_owned() })
    }

    /// Sums rounds of a set of files; `None` where `over` is no text of what they are to be summed over.
    fn of(
        self,
        lake: &Lake,
        part: &str,
        rounds: &BTreeMap<i64, u32>,
        over: &str,
    ) -> std::result::Result<Option<Vec<u8>>, LakeError> {
        let numbers: Vec<i64> = rounds.keys().copied().collect();
        match self {
            Self::Heat => match grids_of(over) {
                Some(grids) => lake.sum_packed(part, &numbers, grids).map(Some),
                None => Ok(None),
            },
            Self::Paths => match extent_of(over) {
                Some(extent) => {
                    let rounds = lake.numbered(part, &numbers)?.into_iter().zip(rounds.values());
                    FigureSums::pack_paths(
                        extent,
                        rounds.map(|(round, order)| Ok((*order, lake.load(&round)?))),
                    )
                }
                None => Ok(None),
            },
        }
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Function {
    sums: Sums,
    signature: Signature,
    cache: PathBuf,
}

/// Rounds, by number and place in the input, as the functions take them.
pub(in crate::cluster) fn rounds_to_bytes(rounds: impl Iterator<Item = (i64, u32)>) -> Vec<u8> {
    rounds.flat_map(|(number, order)| number.to_le_bytes().into_iter().chain(order.to_le_bytes())).collect()
}

fn rounds_of(bytes: &[u8]) -> BTreeMap<i64, u32> {
    let round = |bytes: &[u8]| {
        let (number, order) = bytes.split_first_chunk::<NUMBER>()?;
        Some((i64::from_le_bytes(*number), u32::from_le_bytes(*order.first_chunk()?)))
    };
    bytes.chunks_exact(NUMBER + ORDER).filter_map(round).collect()
}

impl ScalarUDFImpl for Function {
    fn name(&self) -> &'static str {
        self.sums.name()
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::Binary)
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let columns = ColumnarValue::values_to_arrays(&arguments.args)?;
        let [lakes, parts, rounds, over] = columns.as_slice() else {
            return exec_err!("{}: four arguments expected", self.name());
        };
        let (Some(lakes), Some(parts), Some(rounds), Some(over)) = (
            lakes.as_string_opt::<i32>(),
            parts.as_string_opt::<i32>(),
            rounds.as_binary_opt::<i32>(),
            over.as_string_opt::<i32>(),
        ) else {
            return exec_err!("{}: texts expected, and rounds as bytes", self.name());
        };
        let mut sums = BinaryBuilder::new();
        for row in 0..lakes.len() {
            let rounds = rounds_of(rounds.value(row));
            let packed = place(lakes.value(row), &self.cache).and_then(|place| {
                Ok(self.sums.of(&Lake::open(place)?, parts.value(row), &rounds, over.value(row))?)
            });
            let failed = |error| DataFusionError::Execution(crate::text::with_causes(&error));
            match packed.map_err(failed)? {
                Some(packed) => sums.append_value(packed),
                None => return exec_err!("{}: {:?} is nothing to sum over", self.name(), over.value(row)),
            }
        }
        Ok(ColumnarValue::Array(Arc::new(sums.finish())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_come_back_from_their_bytes() {
        let rounds = BTreeMap::from([(i64::MIN, 7), (-1, u32::MAX), (i64::MAX, 0)]);
        let bytes = rounds_to_bytes(rounds.iter().map(|(number, order)| (*number, *order)));
        assert_eq!(rounds_of(&bytes), rounds);
        assert_eq!(rounds_of(&bytes[..bytes.len() - 1]).len(), 2);
    }
}
