//! Spawn areas: spawns of one side that lie close together.

use std::collections::BTreeMap;

use super::frechet::{PlanePoint, distance};

/// Most places of one bucket that are compared with its neighbours': far more than the game can put there, since
/// players stand at least 36 units apart.
const MOST_PER_BUCKET: usize = 64;

/// Groups places so that places up to `link_units` apart share a group, directly or through others (single linkage).
/// Returns the groups' members, ascending, in the order of their first member.
pub(crate) fn group_places(places: &[PlanePoint], link_units: f64) -> Vec<Vec<usize>> {
    // Any two places in one bucket are linked, since its diagonal is the link's length.
    let side = (link_units / std::f64::consts::SQRT_2).max(1.0);
    let mut buckets: BTreeMap<(i64, i64), Vec<usize>> = BTreeMap::new();
    for (i, place) in places.iter().enumerate() {
        let bucket = ((place[0] / side).floor() as i64, (place[1] / side).floor() as i64);
        buckets.entry(bucket).or_default().push(i);
    }
    let mut sets = DisjointSets::new(places.len());
    for members in buckets.values() {
        for pair in members.windows(2) {
            sets.union(pair[0], pair[1]);
        }
    }
    for (&(x, y), members) in &buckets {
        for (dx, dy) in (0..=2).flat_map(|dx| (-2..=2).map(move |dy| (dx, dy))) {
            let Some(others) = buckets.get(&(x + dx, y + dy)).filter(|_| (dx, dy) > (0, 0)) else { continue };
            let near = |&(&i, &j): &(&usize, &usize)| distance(places[i], places[j]) <= link_units;
            let (ours, theirs) = (distinct(places, members), distinct(places, others));
            let pair = ours.iter().flat_map(|i| theirs.iter().map(move |j| (i, j))).find(near);
            if let Some((&i, &j)) = pair {
                sets.union(i, j);
            }
        }
    }
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for i in 0..places.len() {
        groups.entry(sets.root(i)).or_default().push(i);
    }
    let mut groups: Vec<Vec<usize>> = groups.into_values().collect();
    groups.sort_unstable();
    groups
}

/// One member for each different place: players spawn on the same spots again and again.
fn distinct(places: &[PlanePoint], members: &[usize]) -> Vec<usize> {
    let mut list = members.to_vec();
    list.sort_by(|&a, &b| places[a][0].total_cmp(&places[b][0]).then(places[a][1].total_cmp(&places[b][1])));
    list.dedup_by(|a, b| places[*a] == places[*b]);
    list.truncate(MOST_PER_BUCKET);
    list
}

/// Disjoint sets with path halving; the lowest member is the root.
struct DisjointSets {
    parent: Vec<usize>,
}

impl DisjointSets {
    fn new(n: usize) -> Self {
        Self { parent: (0..n).collect() }
    }

    fn root(&mut self, mut i: usize) -> usize {
        while self.parent[i] != i {
            self.parent[i] = self.parent[self.parent[i]];
            i = self.parent[i];
        }
        i
    }

    fn union(&mut self, i: usize, j: usize) {
        let (a, b) = (self.root(i), self.root(j));
        self.parent[a.max(b)] = a.min(b);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_link_through_others() {
        let places = [[0.0, 0.0], [384.0, 0.0], [768.0, 0.0], [1153.0, 0.0], [0.0, 0.0]];
        assert_eq!(group_places(&places, 384.0), [vec![0, 1, 2, 4], vec![3]]);
    }

    #[test]
    fn links_cross_buckets_in_every_direction() {
        for (x, y) in [(300.0, 200.0), (-300.0, 200.0), (300.0, -200.0), (-300.0, -200.0), (0.0, 383.9)] {
            assert_eq!(group_places(&[[0.1, 0.1], [0.1 + x, 0.1 + y]], 384.0).len(), 1, "{x} {y}");
            assert_eq!(
                group_places(&[[0.1, 0.1], [0.1 + 1.1 * x, 0.1 + 1.1 * y]], 384.0).len(),
                2,
                "{x} {y}"
            );
        }
        assert!(group_places(&[], 384.0).is_empty());
    }
}
