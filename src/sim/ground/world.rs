//! The plan made ready to play on: floors, paths, and the cells that players keep going to.

use super::floors::{CellId, Floors};
use super::navigation::Navigation;
use crate::map::Side;
use crate::sim::plan::{Plan, Post, Route};

/// Cells for each place: enough to spread players, few enough to remember the paths to all of them.
const SPOTS: usize = 3;
/// The farthest from an objective at which a player works on it, units.
pub(crate) const WORK_UNITS: f64 = 70.0;

/// A plan to play on.
#[derive(Debug)]
pub(crate) struct World<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) floors: &'a Floors,
    pub(crate) navigation: Navigation<'a>,
    /// By place, as in the plan.
    places: Vec<Vec<CellId>>,
    /// By post, as in the plan.
    posts: Vec<CellId>,
    /// By stage, 1 and 2: the objective and three places round it.
    objectives: [Vec<CellId>; 2],
}

impl<'a> World<'a> {
    /// A world on `plan`, whose floors are `floors`.
    pub(crate) fn new(plan: &'a Plan, floors: &'a Floors) -> Self {
        let spread = |at: [f64; 3], radius: f64| -> Vec<CellId> {
            let spot = |index: usize| {
                let turn = index as f64 * std::f64::consts::TAU / SPOTS as f64 + at[0];
                floors.nearest([at[0] + radius * libm::cos(turn), at[1] + radius * libm::sin(turn), at[2]])
            };
            (0..SPOTS).filter_map(spot).collect()
        };
        let objective = |stage: u8| -> Vec<CellId> {
            let at = plan.objective(stage).map_or([0.0; 3], |objective| objective.at);
            floors.nearest(at).into_iter().chain(spread(at, 110.0)).collect()
        };
        // A plan's posts all lie on its floors; the first cell stands in for one that does not.
        let cell = |at: [f64; 3]| floors.nearest(at).unwrap_or(CellId(0));
        Self {
            plan,
            floors,
            navigation: Navigation::new(floors),
            places: plan.places.iter().map(|place| spread(place.at, place.radius * 0.75)).collect(),
            posts: plan.posts.iter().map(|post| cell(post.at)).collect(),
            objectives: [objective(1), objective(2)],
        }
    }

    /// Cells of a place by its name.
    pub(crate) fn place(&self, name: &str) -> &[CellId] {
        let index = self.plan.places.iter().position(|place| place.name == name);
        index.map_or(&[], |index| &self.places[index])
    }

    /// Post `index` of the plan and its cell.
    pub(crate) fn post(&self, index: usize) -> (&'a Post, CellId) {
        (&self.plan.posts[index], self.posts[index])
    }

    /// Indices of a side's posts in a stage.
    pub(crate) fn posts(&self, side: Side, stage: u8) -> impl Iterator<Item = usize> + Clone + 'a {
        let posts = self.plan.posts.iter().enumerate();
        posts.filter(move |(_, post)| post.side == side && post.stage == stage).map(|(index, _)| index)
    }

    /// A side's routes in a stage.
    pub(crate) fn routes(&self, side: Side, stage: u8) -> Vec<&'a Route> {
        self.plan.routes(side, stage).collect()
    }

    /// The objective of a stage, then places round it.
    pub(crate) fn objective(&self, stage: u8) -> &[CellId] {
        &self.objectives[usize::from(stage.clamp(1, 2)) - 1]
    }

    /// Middle of a cell, without its height.
    pub(crate) fn spot(&self, cell: CellId) -> [f64; 2] {
        let [x, y, _] = self.floors.middle(cell);
        [x, y]
    }
}
