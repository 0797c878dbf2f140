//! The floor plan of the sample map: where one can walk, what blocks movement, where each side starts and what it wants.
//!
//! The plan is data (`kestrel_ford.toml`); the simulation walks on it, the map's picture is drawn from it, and
//! the map's description is written from it, so that the three agree.

mod area;
mod description;
mod shape;

use serde::Deserialize;

pub use area::{Area, Block, Building, Ground};
pub use shape::Shape;

use crate::map::Side;

/// The plan that is part of the program.
const KESTREL_FORD: &str = include_str!("kestrel_ford.toml");

/// Why a plan cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// Not TOML, or not a plan: line and column are in the message.
    #[error("{0}")]
    Toml(#[from] toml::de::Error),
    /// A name that something refers to is missing.
    #[error("{0}")]
    Missing(String),
}

/// A floor plan. All lengths in units.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Map name, as in a tracker file.
    pub name: String,
    /// Name to show.
    pub title: String,
    /// Top left corner: west, north.
    pub mins: [f64; 2],
    /// Bottom right corner: east, south.
    pub maxs: [f64; 2],
    /// Upper heights of the map's layers, lowest first.
    pub ceilings: Vec<f32>,
    /// Where the camera stands between rounds.
    pub intermission: [f64; 3],
    /// Where one can walk.
    pub areas: Vec<Area>,
    /// What blocks movement.
    pub blocks: Vec<Block>,
    /// Walls and roofs.
    pub buildings: Vec<Building>,
    /// Gaps in walls that can be looked and shot through.
    pub windows: Vec<Window>,
    /// Where players start.
    pub spawns: Vec<Spawn>,
    /// What the attackers want.
    pub objectives: Vec<Objective>,
    /// Names for places.
    pub places: Vec<Place>,
    /// Routes through them.
    pub routes: Vec<Route>,
    /// Where players wait.
    pub posts: Vec<Post>,
    /// Heights of the land beyond the streets.
    pub hills: Vec<Hill>,
    /// Trees.
    pub groves: Vec<Grove>,
    /// Ploughed land.
    pub fields: Vec<Field>,
    /// The river.
    pub river: River,
}

/// A gap in a wall between two heights.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// `[west, south, east, north]`.
    pub rect: [f64; 4],
    /// From sill to lintel.
    pub z: [f64; 2],
}

/// Where a side starts.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spawn {
    /// Its name.
    pub name: String,
    /// Whose it is.
    pub side: Side,
    /// In which stage of a round: 1 until the first objective is done, 2 after it.
    pub stage: u8,
    /// Its middle, on the floor.
    pub at: [f64; 3],
    /// How far from the middle players appear.
    pub radius: f64,
}

impl Spawn {
    /// Offset of spot `index` from the middle: a sunflower (Vogel 1979), so that any number of spots is spread evenly.
    pub fn spot(&self, index: usize) -> [f64; 2] {
        // Golden angle, radians; 16 spots fill the area, further ones begin again between them.
        const TURN: f64 = 2.399_963;
        let turn = index as f64 * TURN;
        let reach = self.radius * (((index % 16) as f64 + 0.5) / 16.0).sqrt();
        [reach * libm::cos(turn), reach * libm::sin(turn)]
    }
}

/// What the attackers want, or what both sides can use.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Objective {
    /// Its name.
    pub name: String,
    /// Who defends it.
    pub side: Option<Side>,
    /// In which stage it is wanted; 0 = never.
    pub stage: u8,
    /// Where it is, on the floor.
    pub at: [f64; 3],
}

/// A place with a name.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Its name.
    pub name: String,
    /// Its middle, on the floor.
    pub at: [f64; 3],
    /// How far from the middle a player still passes it.
    pub radius: f64,
    /// Whether the map shows the name.
    #[serde(default)]
    pub label: bool,
}

/// A path a side likes to take.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// Which side takes it.
    pub side: Side,
    /// In which stage.
    pub stage: u8,
    /// How popular it is.
    pub weight: f64,
    /// Through which places.
    pub via: Vec<String>,
}

/// The stance at a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PostStance {
    /// Upright.
    Stand,
    /// Crouched.
    Crouch,
    /// Lying.
    Prone,
}

/// A corner, window or wall to wait at.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Post {
    /// Whose post.
    pub side: Side,
    /// In which stage.
    pub stage: u8,
    /// Where, on the floor.
    pub at: [f64; 3],
    /// What is watched from there.
    pub watch: [f64; 2],
    /// How.
    pub stance: PostStance,
}

/// A height of the land.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hill {
    /// Where.
    pub at: [f64; 2],
    /// How high.
    pub z: f64,
}

/// Trees.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grove {
    /// Where they stand.
    pub polygon: Vec<[f64; 2]>,
    /// From one to the next.
    pub spacing: f64,
}

/// Ploughed land.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Its corners.
    pub polygon: Vec<[f64; 2]>,
}

/// The river.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct River {
    /// Height of the water.
    pub level: f64,
    /// From bank to bank.
    pub width: f64,
    /// Its middle.
    pub line: Vec<[f64; 2]>,
}

impl Plan {
    /// The plan of the map `proximity_demo`.
    ///
    /// # Errors
    /// [`PlanError`], if the plan in the program is damaged.
    pub fn kestrel_ford() -> Result<Self, PlanError> {
        Self::parse(KESTREL_FORD)
    }

    /// A plan from its text.
    ///
    /// # Errors
    /// [`PlanError`], when the text is no plan, a route names a place that is not there, or a side has no spawn area.
    pub fn parse(text: &str) -> Result<Self, PlanError> {
        let plan: Self = toml::from_str(text)?;
        for name in plan.routes.iter().flat_map(|route| &route.via) {
            if plan.place(name).is_none() {
                return Err(PlanError::Missing(format!("a route leads through {name:?}, which is no place")));
            }
        }
        for (side, stage) in [(Side::Axis, 1), (Side::Allies, 1), (Side::Axis, 2), (Side::Allies, 2)] {
            if plan.spawn(side, stage).is_none() {
                return Err(PlanError::Missing(format!("{side:?} have no spawn area in stage {stage}")));
            }
            if plan.routes(side, stage).next().is_none() || plan.posts(side, stage).next().is_none() {
                return Err(PlanError::Missing(format!(
                    "{side:?} have no route or no post in stage {stage}"
                )));
            }
            if plan.objective(stage).is_none() {
                return Err(PlanError::Missing(format!("there is no objective for stage {stage}")));
            }
        }
        Ok(plan)
    }

    /// The place with this name.
    pub fn place(&self, name: &str) -> Option<&Place> {
        self.places.iter().find(|place| place.name == name)
    }

    /// Where a side starts in a stage.
    pub fn spawn(&self, side: Side, stage: u8) -> Option<&Spawn> {
        self.spawns.iter().find(|spawn| spawn.side == side && spawn.stage == stage)
    }

    /// What is attacked in a stage.
    pub fn objective(&self, stage: u8) -> Option<&Objective> {
        self.objectives.iter().find(|objective| objective.stage == stage)
    }

    /// The routes of a side in a stage.
    pub fn routes(&self, side: Side, stage: u8) -> impl Iterator<Item = &Route> + Clone {
        self.routes.iter().filter(move |route| route.side == side && route.stage == stage)
    }

    /// The posts of a side in a stage.
    pub fn posts(&self, side: Side, stage: u8) -> impl Iterator<Item = &Post> + Clone {
        self.posts.iter().filter(move |post| post.side == side && post.stage == stage)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plan_in_the_program_is_whole() {
        let plan = Plan::kestrel_ford().unwrap();
        assert_eq!(plan.name, "proximity_demo");
        assert!(plan.areas.len() > 50 && plan.posts.len() > 20);
    }

    #[test]
    fn a_slip_of_the_pen_is_refused() {
        let misspelt =
            KESTREL_FORD.replacen("\"Market Square\", \"Bridge Street\"", "\"Markt\", \"Bridge Street\"", 1);
        let error = Plan::parse(&misspelt).unwrap_err();
        assert!(error.to_string().contains("Markt"), "{error}");
        let flat = KESTREL_FORD.replacen(
            "rect = [-2352, -2448, -1472, -1760], z = 0",
            "rect = [-2352, -2448, -1472, -1760]",
            1,
        );
        assert!(Plan::parse(&flat).unwrap_err().to_string().contains("height"));
    }
}
