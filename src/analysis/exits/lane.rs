//! Lanes: exit paths through one gate that belong together.

use super::frechet::{PathTable, PlanePoint, discrete_frechet_in, ends_apart};
use super::linkage::{PairDistances, average_linkage, medoid};
use super::options::ExitOptions;

/// Exit paths that belong together.
#[derive(Debug, Clone, PartialEq)]
pub struct Lane {
    /// Indices into the area's exit paths, ascending.
    pub paths: Vec<usize>,
    /// A real path that stands for all of them: the one nearest to all others. Index into the area's exit paths.
    pub medoid: usize,
    /// Share of the area's exits, 0 … 1.
    pub share: f64,
}

/// Groups paths of these shapes into lanes, largest first. Indices and shares are of `shapes`.
pub(crate) fn lanes(shapes: &[Vec<PlanePoint>], cut_units: f64, options: &ExitOptions) -> Vec<Lane> {
    // Evenly chosen from the sorted paths when there are too many to compare all with all.
    let compared = shapes.len().min(options.most.max(1));
    let chosen: Vec<usize> = (0..compared).map(|i| i * shapes.len() / compared).collect();
    let table = PathTable::of(chosen.iter().map(|&i| shapes[i].as_slice()));
    let distances = PairDistances::new(compared, |i, to| table.distances(i, to));
    let mut row = Vec::new();
    let mut apart = |i: usize, j: usize| discrete_frechet_in(&shapes[i], &shapes[j], &mut row);
    let mut groups: Vec<(usize, Vec<usize>)> = average_linkage(&distances, cut_units)
        .into_iter()
        .filter_map(|members| {
            let medoid = medoid(&distances, &members)?;
            Some((chosen[medoid], members.into_iter().map(|m| chosen[m]).collect()))
        })
        .collect();
    let known = groups.len();
    for i in (0..shapes.len()).filter(|i| chosen.binary_search(i).is_err()) {
        let mut nearest: Option<(f64, usize)> = None;
        for (g, (medoid, _)) in groups[..known].iter().enumerate() {
            let bound = nearest.map_or(cut_units, |(d, _)| d);
            if ends_apart(&shapes[i], &shapes[*medoid]) <= bound {
                let d = apart(i, *medoid);
                if d <= cut_units && nearest.is_none_or(|(least, _)| d < least) {
                    nearest = Some((d, g));
                }
            }
        }
        match nearest {
            Some((_, g)) => groups[g].1.push(i),
            None => groups.push((i, vec![i])),
        }
    }
    let mut lanes: Vec<Lane> = groups
        .into_iter()
        .map(|(medoid, mut members)| {
            members.sort_unstable();
            Lane { share: members.len() as f64 / shapes.len() as f64, medoid, paths: members }
        })
        .collect();
    lanes.sort_by(|a, b| b.paths.len().cmp(&a.paths.len()).then(a.paths.cmp(&b.paths)));
    lanes
}
