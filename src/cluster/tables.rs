//! A lake's tables in SQL: the files that count, month by month, with the columns `map` and `month`.

use std::path::PathBuf;

use datafusion::arrow::datatypes::Schema;
use datafusion::prelude::{DataFrame, ParquetReadOptions, SessionContext, lit};

use super::error::Result;
use crate::lake::{Lake, TABLES};

/// The one table that is not divided by map and month.
const PLAYERS: &str = "players";

/// Makes the lake's tables known; those without rows are not there.
pub(super) async fn register(lake: &Lake, context: &SessionContext) -> Result<()> {
    for table in TABLES {
        if let Some(rows) = table_of(lake, table, context).await? {
            context.register_table(*table, rows.into_view())?;
        }
    }
    Ok(())
}

async fn table_of(lake: &Lake, table: &str, context: &SessionContext) -> Result<Option<DataFrame>> {
    if table == PLAYERS {
        let files = lake.files(table, None).unwrap_or_default();
        return if files.is_empty() { Ok(None) } else { Ok(Some(read(lake, &files, None, context).await?)) };
    }
    let (mut whole, mut schema): (Option<DataFrame>, Option<Schema>) = (None, None);
    for ((map, month), files) in lake.months(table) {
        let rows = read(lake, &files, schema.as_ref(), context).await?;
        // All files of a table have the same columns; looking at each of them takes longer than most answers.
        schema.get_or_insert_with(|| rows.schema().as_arrow().clone());
        let rows = rows.with_column("map", lit(map))?.with_column("month", lit(month))?;
        whole = Some(match whole {
            Some(before) => before.union(rows)?,
            None => rows,
        });
    }
    Ok(whole)
}

async fn read(
    lake: &Lake,
    files: &[PathBuf],
    schema: Option<&Schema>,
    context: &SessionContext,
) -> Result<DataFrame> {
    let options = ParquetReadOptions { schema, ..ParquetReadOptions::default() };
    let addresses: Vec<String> = files.iter().map(|file| lake.address_of(file)).collect();
    Ok(context.read_parquet(addresses, options).await?)
}
