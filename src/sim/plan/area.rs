//! Floors, what stands on them, and the walls round them.

use serde::Deserialize;

use super::shape::{Shape, ShapeKeys};

/// What a floor is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ground {
    /// Beaten earth.
    Yard,
    /// Grass.
    Grass,
    /// A river bank.
    Bank,
    /// A paved street.
    Street,
    /// A paved square.
    Square,
    /// A room.
    Floor,
    /// A door in a wall.
    Door,
    /// Stairs.
    Stairs,
    /// A room upstairs.
    Upper,
    /// A stone bridge.
    Bridge,
    /// A wooden bridge.
    Planks,
    /// Water that one can wade through.
    Ford,
    /// Below the ground.
    Tunnel,
    /// On top of a wall.
    Rampart,
}

impl Ground {
    /// Whether there is a ceiling above it.
    pub fn is_roofed(self) -> bool {
        matches!(self, Self::Floor | Self::Door | Self::Stairs | Self::Upper | Self::Tunnel)
    }
}

/// A part of the floor.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "AreaKeys")]
pub struct Area {
    /// Its name.
    pub name: String,
    /// What it is made of.
    pub ground: Ground,
    /// Where it lies.
    pub shape: Shape,
    /// Height of a flat one.
    flat_z: f64,
}

impl Area {
    /// Height of the floor at a place.
    pub fn height(&self, x: f64, y: f64) -> f64 {
        self.shape.height(x, y).unwrap_or(self.flat_z)
    }
}

#[derive(Deserialize)]
struct AreaKeys {
    name: String,
    ground: Ground,
    z: Option<f64>,
    #[serde(flatten)]
    shape: ShapeKeys,
}

impl TryFrom<AreaKeys> for Area {
    type Error = String;

    fn try_from(keys: AreaKeys) -> Result<Self, String> {
        let shape =
            Shape::try_from(keys.shape).map_err(|message| format!("area {}: {message}", keys.name))?;
        match (&shape, keys.z) {
            (Shape::Path { .. }, None) | (_, Some(_)) => {}
            _ => return Err(format!("area {}: a flat area needs its height z", keys.name)),
        }
        Ok(Self { name: keys.name, ground: keys.ground, shape, flat_z: keys.z.unwrap_or(0.0) })
    }
}

/// An obstacle.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "BlockKeys")]
pub struct Block {
    /// What it is.
    pub kind: String,
    /// Where it stands.
    pub shape: Shape,
    /// Floors between these heights are taken away.
    pub z: [f64; 2],
}

#[derive(Deserialize)]
struct BlockKeys {
    kind: String,
    z: [f64; 2],
    #[serde(flatten)]
    shape: ShapeKeys,
}

impl TryFrom<BlockKeys> for Block {
    type Error = String;

    fn try_from(keys: BlockKeys) -> Result<Self, String> {
        Ok(Self { shape: Shape::try_from(keys.shape)?, kind: keys.kind, z: keys.z })
    }
}

/// Walls round rooms, or a house without an entrance.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "BuildingKeys")]
pub struct Building {
    /// Its name.
    pub name: String,
    /// Its outline.
    pub shape: Shape,
}

#[derive(Deserialize)]
struct BuildingKeys {
    name: String,
    #[serde(flatten)]
    shape: ShapeKeys,
}

impl TryFrom<BuildingKeys> for Building {
    type Error = String;

    fn try_from(keys: BuildingKeys) -> Result<Self, String> {
        Ok(Self { shape: Shape::try_from(keys.shape)?, name: keys.name })
    }
}
