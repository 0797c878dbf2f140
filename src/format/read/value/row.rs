//! Why a row was not read.

use crate::format::error::ReadError;
use crate::format::read::value::fault::Fault;

/// Why a row was not read.
pub(crate) enum RowError<'a> {
    /// The row is lost.
    Fault(Fault<'a>),
    /// The file is lost.
    Fatal(ReadError),
}

impl<'a> From<Fault<'a>> for RowError<'a> {
    fn from(fault: Fault<'a>) -> Self {
        Self::Fault(fault)
    }
}

impl From<ReadError> for RowError<'_> {
    fn from(error: ReadError) -> Self {
        Self::Fatal(error)
    }
}
