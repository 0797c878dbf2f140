//! Groups of things that lie close together: average linkage.

/// Distances between all pairs of `n` things, each pair once.
#[derive(Debug, Clone)]
pub struct PairDistances {
    n: usize,
    values: Vec<f64>,
}

impl PairDistances {
    /// From a function that is given each index once, and room for its distances to the indices behind it.
    pub fn new(n: usize, mut distances: impl FnMut(usize, &mut [f64])) -> Self {
        let mut values = vec![0.0; n * n.saturating_sub(1) / 2];
        let mut rest = values.as_mut_slice();
        for i in 0..n {
            let (row, below) = rest.split_at_mut(n - 1 - i);
            distances(i, row);
            rest = below;
        }
        Self { n, values }
    }

    /// The distance of a pair; 0 from a thing to itself.
    pub fn get(&self, i: usize, j: usize) -> f64 {
        if i == j { 0.0 } else { self.values[self.slot(i, j)] }
    }

    fn slot(&self, i: usize, j: usize) -> usize {
        let (i, j) = (i.min(j), i.max(j));
        i * (2 * self.n - i - 1) / 2 + j - i - 1
    }
}

/// Groups things so that two groups are joined while the mean distance between their members is at most `cut`.
/// Groups come in the order of their first member, members ascending. Takes O(n²).
///
/// Sources: Sokal & Michener 1958 (average linkage, UPGMA); Lance & Williams 1967 (the update); Murtagh 1983
/// (nearest-neighbour chain, which gives the same tree because average linkage is reducible). Of equal distances the
/// lowest index is taken, so the result does not depend on chance.
pub fn average_linkage(distances: &PairDistances, cut: f64) -> Vec<Vec<usize>> {
    let n = distances.n;
    let mut between = distances.clone();
    let mut groups: Vec<Option<Vec<usize>>> = (0..n).map(|i| Some(vec![i])).collect();
    let mut size = vec![1.0_f64; n];
    let mut chain: Vec<usize> = Vec::new();
    // A group whose nearest neighbour lies beyond the cut will never be joined: it is finished.
    let mut open: Vec<usize> = (0..n).collect();
    while let Some(&start) = open.first() {
        if chain.is_empty() {
            chain.push(start);
        }
        let tip = chain[chain.len() - 1];
        let before = chain.len().checked_sub(2).map(|i| chain[i]);
        let mut nearest: Option<(f64, usize)> = None;
        for &other in &open {
            let d = between.get(tip, other);
            // The cluster before wins a tie, or the chain could run in circles.
            let better = nearest.is_none_or(|(least, at)| {
                d < least || (d <= least && Some(at) != before && Some(other) == before)
            });
            if other != tip && better {
                nearest = Some((d, other));
            }
        }
        match nearest {
            Some((d, other)) if d <= cut => {
                if Some(other) != before {
                    chain.push(other);
                    continue;
                }
                chain.truncate(chain.len() - 2);
                let (into, from) = (tip.min(other), tip.max(other));
                for &k in &open {
                    if k != into && k != from {
                        let (a, b) = (between.get(into, k), between.get(from, k));
                        let slot = between.slot(into, k);
                        between.values[slot] = (size[into] * a + size[from] * b) / (size[into] + size[from]);
                    }
                }
                size[into] += size[from];
                let moved = groups[from].take().unwrap_or_default();
                groups[into].get_or_insert_default().extend(moved);
                open.retain(|&k| k != from);
            }
            _ => {
                chain.pop();
                open.retain(|&k| k != tip);
            }
        }
    }
    let mut groups: Vec<Vec<usize>> = groups.into_iter().flatten().collect();
    for members in &mut groups {
        members.sort_unstable();
    }
    groups.sort_unstable();
    groups
}

/// The member whose distances to the others add up to least; the first of equals. `None` for an empty group.
pub fn medoid(distances: &PairDistances, members: &[usize]) -> Option<usize> {
    let sum = |i: usize| members.iter().map(|&j| distances.get(i, j)).sum::<f64>();
    let mut best: Option<(f64, usize)> = None;
    for &i in members {
        let total = sum(i);
        if best.is_none_or(|(least, _)| total < least) {
            best = Some((total, i));
        }
    }
    best.map(|(_, i)| i)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(places: &[f64]) -> PairDistances {
        PairDistances::new(places.len(), |i, row| {
            row.iter_mut().zip(&places[i + 1..]).for_each(|(d, place)| *d = (places[i] - place).abs());
        })
    }

    #[test]
    fn each_pair_is_kept_once() {
        let d = line(&[0.0, 1.0, 4.0, 9.0]);
        assert_eq!(d.values, [1.0, 4.0, 9.0, 3.0, 8.0, 5.0]);
        assert_eq!((d.get(3, 1), d.get(1, 3), d.get(2, 2)), (8.0, 8.0, 0.0));
    }

    #[test]
    fn two_heaps_are_two_groups() {
        let d = line(&[0.0, 100.0, 1.0, 101.0, 2.0]);
        assert_eq!(average_linkage(&d, 10.0), [vec![0, 2, 4], vec![1, 3]]);
        assert_eq!(average_linkage(&d, 0.5).len(), 5);
        assert_eq!(average_linkage(&d, 1_000.0), [vec![0, 1, 2, 3, 4]]);
    }

    #[test]
    fn the_mean_distance_decides_not_the_nearest() {
        // Single linkage would join all of them at 2; the mean of {0, 2} and {4} is 3.
        assert_eq!(average_linkage(&line(&[0.0, 2.0, 4.0]), 2.9), [vec![0, 1], vec![2]]);
        assert_eq!(average_linkage(&line(&[0.0, 2.0, 4.0]), 3.0), [vec![0, 1, 2]]);
    }

    #[test]
    fn equal_distances_end_too() {
        let d = PairDistances::new(50, |_, row| row.fill(1.0));
        assert_eq!(average_linkage(&d, 1.0).len(), 1);
        assert_eq!(average_linkage(&d, 0.9).len(), 50);
        assert!(average_linkage(&PairDistances::new(0, |_, _| {}), 1.0).is_empty());
    }

    #[test]
    fn the_medoid_is_the_one_in_the_middle() {
        let d = line(&[0.0, 10.0, 4.0]);
        assert_eq!(medoid(&d, &[0, 1, 2]), Some(2));
        assert_eq!(medoid(&d, &[0, 1]), Some(0));
        assert_eq!(medoid(&d, &[]), None);
    }
}
