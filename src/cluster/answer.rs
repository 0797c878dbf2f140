//! A question in SQL, and its answer as text or as a file.

use std::io::Write;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::csv::WriterBuilder;
use datafusion::arrow::util::pretty::pretty_format_batches;
use datafusion::error::DataFusionError;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::file::properties::WriterProperties;
use datafusion::prelude::SessionContext;

use super::engine::Engine;
use super::error::{ClusterError, Result};
use super::{tables, unions};
use crate::lake::Lake;

/// How an answer is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A table for a terminal.
    Table,
    /// Comma-separated values, after a line of names.
    Csv,
    /// A Parquet file that `proximity heatmap --cube` reads.
    Parquet,
}

/// The rows of an answer.
#[derive(Debug)]
pub struct Answer {
    batches: Vec<RecordBatch>,
}

impl Answer {
    /// Asks about the tables of a lake.
    ///
    /// # Errors
    /// A statement that is wrong, or [`Engine::ask`].
    pub fn to(sql: &str, lake: &Lake, engine: &Engine) -> Result<Self> {
        let batches = engine.ask(&async |context: &SessionContext| {
            tables::register(lake, context).await?;
            let asked = context.sql(sql).await?;
            if engine.is_cluster() && unions::are_counted_twice(asked.logical_plan())? {
                return Err(ClusterError::Unions);
            }
            Ok(asked)
        })?;
        Ok(Self { batches })
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    /// Writes the rows down.
    ///
    /// # Errors
    /// Columns that the format cannot hold (lists in CSV), or a file that cannot be written.
    pub fn write(&self, format: Format, mut out: impl Write + Send) -> Result<()> {
        let failed = |error| ClusterError::from(DataFusionError::from(error));
        match format {
            Format::Table => {
                let table = pretty_format_batches(&self.batches).map_err(failed)?;
                let io =
                    |source| ClusterError::Io { what: "the answer cannot be written".to_owned(), source };
                writeln!(out, "{table}").map_err(io)
            }
            Format::Csv => {
                let mut writer = WriterBuilder::new().with_header(true).build(out);
                self.batches.iter().try_for_each(|batch| writer.write(batch)).map_err(failed)
            }
            Format::Parquet => {
                let failed = |error| ClusterError::from(DataFusionError::from(error));
                let Some(first) = self.batches.first() else {
                    return Err(DataFusionError::Execution(
                        "an answer without columns is no file".to_owned(),
                    )
                    .into());
                };
                let zstd = Compression::ZSTD(ZstdLevel::default());
                let properties = WriterProperties::builder().set_compression(zstd).build();
                let mut writer =
                    ArrowWriter::try_new(out, first.schema(), Some(properties)).map_err(failed)?;
                self.batches.iter().try_for_each(|batch| writer.write(batch)).map_err(failed)?;
                writer.close().map(|_| ()).map_err(failed)
            }
        }
    }
}
