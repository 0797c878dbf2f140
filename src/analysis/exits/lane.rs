//! Lanes: exit paths of one spawn area that belong together.

use super::compass::Compass;
use super::exit_path::{ExitPath, flat};
use super::frechet::{PlanePoint, discrete_frechet_in, ends_apart, resample};
use super::linkage::{PairDistances, average_linkage, medoid};
use super::options::ExitOptions;

/// Exit paths that belong together.
#[derive(Debug, Clone, PartialEq)]
pub struct Lane {
    /// Indices into the area's exit paths, ascending.
    pub paths: Vec<usize>,
    /// The path that is nearest to all others of the lane: a real path. Index into the area's exit paths.
    pub medoid: usize,
    /// Share of the area's exits, 0 … 1.
    pub share: f64,
    /// Median time from the first movement to the ring, ms (the lower one of two).
    pub median_exit_ms: i64,
    /// Where its medoid leads, seen from its spawn.
    pub direction: Compass,
}

/// Groups an area's exit paths into lanes, largest first.
pub(crate) fn lanes(paths: &[ExitPath], cut_units: f64, options: &ExitOptions) -> Vec<Lane> {
    let shapes: Vec<Vec<PlanePoint>> = paths
        .iter()
        .map(|path| {
            let points: Vec<PlanePoint> = path.points.iter().map(|&p| flat(p)).collect();
            resample(&points, options.points)
        })
        .collect();
    // Evenly chosen from the sorted paths when there are too many to compare all with all.
    let compared = paths.len().min(options.most.max(1));
    let chosen: Vec<usize> = (0..compared).map(|i| i * paths.len() / compared).collect();
    let mut row = Vec::new();
    let mut apart = |i: usize, j: usize| discrete_frechet_in(&shapes[i], &shapes[j], &mut row);
    let distances = PairDistances::new(compared, |i, j| apart(chosen[i], chosen[j]));
    let mut groups: Vec<(usize, Vec<usize>)> = average_linkage(&distances, cut_units)
        .into_iter()
        .filter_map(|members| {
            let medoid = medoid(&distances, &members)?;
            Some((chosen[medoid], members.into_iter().map(|m| chosen[m]).collect()))
        })
        .collect();
    let known = groups.len();
    for i in (0..paths.len()).filter(|i| chosen.binary_search(i).is_err()) {
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
            let mut times: Vec<i64> = members.iter().map(|&m| paths[m].exit_ms).collect();
            times.sort_unstable();
            let points = &paths[medoid].points;
            let (first, last) = (flat(points[0]), flat(points[points.len() - 1]));
            Lane {
                share: members.len() as f64 / paths.len() as f64,
                median_exit_ms: times[(times.len() - 1) / 2],
                direction: Compass::of(last[0] - first[0], last[1] - first[1]),
                medoid,
                paths: members,
            }
        })
        .collect();
    lanes.sort_by(|a, b| b.paths.len().cmp(&a.paths.len()).then(a.paths.cmp(&b.paths)));
    lanes
}
