//! Stretches of a life in which something stays the same.

use crate::figure::paths::life_path::{LifePath, Next};

/// A stretch of time, ms since the spawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span<V> {
    /// Its place among the spans.
    pub index: usize,
    /// Its beginning.
    pub from_ms: i32,
    /// Its end.
    pub to_ms: i32,
    /// What stays the same.
    pub value: V,
}

/// Joins neighbouring steps of equal value; a step without a value ends a span.
pub fn spans<V: PartialEq + Copy>(steps: impl IntoIterator<Item = (i32, i32, Option<V>)>) -> Vec<Span<V>> {
    let mut spans: Vec<Span<V>> = Vec::new();
    for (from_ms, to_ms, value) in steps {
        let Some(value) = value else { continue };
        match spans.last_mut() {
            Some(last) if last.value == value && last.to_ms == from_ms => last.to_ms = to_ms,
            _ => spans.push(Span { index: spans.len(), from_ms, to_ms, value }),
        }
    }
    spans
}

/// A path's walked steps with what `value` makes of each, by the index of its first point.
pub fn walked<V>(
    path: &LifePath,
    value: impl Fn(usize) -> Option<V>,
) -> impl Iterator<Item = (i32, i32, Option<V>)> {
    path.points.windows(2).enumerate().map(move |(index, pair)| {
        let walked = matches!(pair[0].next, Next::Walk(_) | Next::Hidden);
        (pair[0].ms, pair[1].ms, if walked { value(index) } else { None })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_neighbours_join_and_gaps_part() {
        let steps =
            [(0, 5, Some('a')), (5, 9, Some('a')), (9, 12, None), (12, 15, Some('a')), (15, 20, Some('b'))];
        let found: Vec<_> = spans(steps).iter().map(|s| (s.index, s.from_ms, s.to_ms, s.value)).collect();
        assert_eq!(found, [(0, 0, 9, 'a'), (1, 12, 15, 'a'), (2, 15, 20, 'b')]);
    }
}
