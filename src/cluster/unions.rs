//! A fault of Ballista 55.0 that is looked for before it is met: parts of a `UNION` that are gathered in one place (sums, sorted
//! or limited rows, joins) are counted more than once (apache/datafusion-ballista#2184). Such a question is refused, since its
//! answer would be wrong and would not look it.

use datafusion::common::tree_node::{TreeNode as _, TreeNodeRecursion};
use datafusion::error::Result;
use datafusion::logical_expr::LogicalPlan;

/// Whether a cluster would count parts of this question more than once.
pub(super) fn are_counted_twice(plan: &LogicalPlan) -> Result<bool> {
    let mut found = false;
    plan.apply_with_subqueries(|node| {
        if let LogicalPlan::Union(union) = node {
            for part in &union.inputs {
                found |= !is_plain(part)?;
            }
        }
        Ok(if found { TreeNodeRecursion::Stop } else { TreeNodeRecursion::Continue })
    })?;
    Ok(found)
}

/// Whether a part passes rows of tables on as they come.
fn is_plain(part: &LogicalPlan) -> Result<bool> {
    let mut is_plain = true;
    part.apply(|node| {
        is_plain &= matches!(
            node,
            LogicalPlan::Projection(_)
                | LogicalPlan::Filter(_)
                | LogicalPlan::SubqueryAlias(_)
                | LogicalPlan::TableScan(_)
                | LogicalPlan::Union(_)
        );
        Ok(if is_plain { TreeNodeRecursion::Continue } else { TreeNodeRecursion::Stop })
    })?;
    Ok(is_plain)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use datafusion::arrow::array::{Int64Array, RecordBatch};
    use datafusion::prelude::SessionContext;

    use super::*;

    /// Whether a question about a table of two parts, as a lake's are, is refused.
    fn is_refused(sql: &str) -> bool {
        let runtime = crate::cluster::engine::runtime().unwrap();
        runtime.block_on(async {
            let context = SessionContext::new();
            let rows =
                |n| RecordBatch::try_from_iter([("n", Arc::new(Int64Array::from(vec![n])) as _)]).unwrap();
            let whole = context.read_batch(rows(1)).unwrap().union(context.read_batch(rows(2)).unwrap());
            context.register_table("rounds", whole.unwrap().into_view()).unwrap();
            are_counted_twice(context.sql(sql).await.unwrap().logical_plan()).unwrap()
        })
    }

    #[test]
    fn sums_behind_sums_are_refused_and_tables_are_not() {
        for right in [
            "SELECT count(*) FROM rounds",
            "SELECT n, count(*) FROM rounds WHERE n > 1 GROUP BY n ORDER BY n LIMIT 3",
            "SELECT count(*) FROM (SELECT n FROM rounds WHERE n = 1 UNION ALL SELECT n FROM rounds WHERE n = 2)",
            "SELECT a.n FROM rounds AS a JOIN rounds AS b ON a.n = b.n",
        ] {
            assert!(!is_refused(right), "{right}");
        }
        for wrong in [
            "SELECT count(*) FROM rounds UNION ALL SELECT count(*) FROM rounds",
            "SELECT n FROM (SELECT n FROM rounds ORDER BY n LIMIT 1) UNION SELECT n FROM rounds",
            "SELECT n FROM rounds WHERE n IN (SELECT max(n) FROM rounds UNION ALL SELECT min(n) FROM rounds)",
            "SELECT 1 UNION ALL SELECT 2",
        ] {
            assert!(is_refused(wrong), "{wrong}");
        }
    }
}
