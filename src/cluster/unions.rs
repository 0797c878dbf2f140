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
