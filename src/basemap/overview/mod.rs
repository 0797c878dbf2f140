//! A map drawn from its own geometry, seen from above, for maps without a usable picture.
//!
//! It is drawn like a plan: where one can walk, the map is cut at the height of a player's hips, so roofs, ceilings
//! and upper floors out of reach do not hide the floor; elsewhere the roofs and rocks show, dimmed. Floors
//! are shaded by height, walls and ledges inked, liquids tinted; sky, clips and triggers leave no mark.
//!
//! Where one can walk is found from the map's volumes ([`walk`]), starting from the places where players and things
//! appear. A map without such places is drawn as the sky sees it.

pub(crate) mod ground;
pub(crate) mod look;
pub(crate) mod material;
pub(crate) mod solid;
pub(crate) mod triangles;
pub(crate) mod walk;

use image::RgbaImage;

use crate::gamefiles::bsp::Bsp;
use crate::geom::{WorldPoint, WorldRect};
use crate::map::Layers;
use crate::map::fit;
use crate::map::{Extent, ExtentSource};

use ground::Survey;
use material::Material;
use solid::Volumes;
use triangles::Drawn;
use walk::Walk;

/// The largest picture, pixels a side.
pub const LARGEST: u32 = 8192;
/// A player's origin is this far above the floor, units.
const ORIGIN: f32 = 24.0;
/// Least share of the grid that must be walkable for the plan to be believed.
const BELIEVED: f64 = 0.004;

/// Why a map cannot be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OverviewError {
    /// It has neither volumes nor drawn surfaces.
    #[error("the map has no geometry to draw")]
    Nothing,
    /// Drawing it would take hours: volumes or surfaces lie over each other thousands of times.
    #[error("the map's geometry covers itself too often to be drawn")]
    TooTangled,
    /// The picture asked for has no pixels, or more than [`LARGEST`] a side.
    #[error("an overview has 1 to {LARGEST} pixels a side")]
    Size,
}

/// How light an overview is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// As a picture of its own, as light and colourful as the game's: to be kept, and dimmed like any other.
    #[default]
    Picture,
    /// In the lightness band of a dimmed base map: to be drawn on as it is.
    Dimmed,
}

/// Which floors of a map to draw, by the height of the floor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FloorPlan {
    /// Floors at or below this height show faintly.
    pub above: f32,
    /// Floors above this height do not show.
    pub up_to: f32,
}

impl FloorPlan {
    /// Every floor; of those above each other, the highest.
    pub const ALL: Self = Self { above: f32::NEG_INFINITY, up_to: f32::INFINITY };

    /// The floors on which players are shown on a layer. Layers are told apart by a player's origin, which is 24
    /// units above the floor.
    pub fn of_layer(layers: &Layers, layer: usize) -> Self {
        let (above, up_to) = layers.range(layer);
        Self { above: above - ORIGIN, up_to: up_to - ORIGIN }
    }
}

/// A map's geometry, explored and ready to be drawn.
pub struct Overview {
    volumes: Volumes,
    drawn: Drawn,
    materials: Vec<Material>,
    /// Where one can walk; `None` if nothing could be reached.
    walk: Option<Walk>,
    world: WorldRect,
    /// Lowest and highest height worth a shade of its own, units.
    heights: (f32, f32),
}

impl Overview {
    /// Explore a map. `extent` is what its picture will show, if that is known: nothing beyond is looked at.
    ///
    /// # Errors
    /// [`OverviewError`] if there is nothing to draw, or too much of it in one place.
    pub fn explore(bsp: &Bsp, extent: Option<&WorldRect>) -> Result<Self, OverviewError> {
        let volumes = Volumes::of(bsp).ok_or(OverviewError::TooTangled)?;
        let drawn = Drawn::of(bsp).ok_or(OverviewError::TooTangled)?;
        if volumes.is_empty() && drawn.seen.is_empty() {
            return Err(OverviewError::Nothing);
        }
        let seeds = seeds(bsp);
        let explore = |world: &WorldRect| {
            let lines = Walk::lines(world);
            let curved = drawn.curved.iter().map(|triangle| triangle.work(&lines));
            if curved.fold(volumes.work(&lines), u64::saturating_add) > ground::work_allowed(&lines) {
                return Err(OverviewError::TooTangled);
            }
            Ok(Walk::explore(lines, &volumes, &drawn.curved, &seeds))
        };
        let mut world = extent.copied().or_else(|| bounds(bsp, &drawn)).ok_or(OverviewError::Nothing)?;
        let mut walk = explore(&world)?;
        if extent.is_none()
            && let Some(inner) = walk.bounds().and_then(|inner| inner.grown(128.0))
        {
            // A distant sky box must not make the grid coarse: look again, only where one can be.
            if inner.width().max(inner.height()) < 0.8 * world.width().max(world.height()) {
                world = inner;
                walk = explore(&world)?;
            }
        }
        let walk = Some(walk).filter(|walk| walk.reached_share() > BELIEVED);
        let heights = if let Some(walk) = &walk {
            ends(&walk.heights())
        } else {
            let mut tops: Vec<f32> = drawn.seen.iter().filter(|t| t.is_up).map(|t| t.corners[0][2]).collect();
            tops.sort_by(f32::total_cmp);
            ends(&tops)
        };
        let materials = bsp.shaders.iter().map(|shader| Material::of(shader, bsp.version)).collect();
        Ok(Self { volumes, drawn, materials, walk, world, heights })
    }

    /// The extent that shows every place where one can walk: for a map that names no corners itself.
    pub fn extent(&self) -> Extent {
        let inner = self.walk.as_ref().and_then(Walk::bounds).unwrap_or(self.world);
        Extent { source: ExtentSource::Geometry, ..fit::extent(&inner) }
    }

    /// Draw `extent` of the map as an opaque picture of `width` × `height` pixels.
    ///
    /// # Errors
    /// [`OverviewError::Size`], or [`OverviewError::TooTangled`] if the geometry is hostile.
    pub fn draw(
        &self,
        extent: &WorldRect,
        width: u32,
        height: u32,
        floor: FloorPlan,
        tone: Tone,
    ) -> Result<RgbaImage, OverviewError> {
        let sides = 1..=LARGEST;
        if !sides.contains(&width) || !sides.contains(&height) {
            return Err(OverviewError::Size);
        }
        let survey = Survey { overview: self, floor };
        look::paint_map(&survey, extent, width, height, tone)
    }

    /// Height of the walkable floor at a place, the highest one; `None` where no player gets.
    pub fn floor(&self, x: f32, y: f32) -> Option<f32> {
        let walk = self.walk.as_ref()?;
        walk.floor(walk.cell(x, y)?, f32::INFINITY)
    }
}

/// Where players and things appear.
fn seeds(bsp: &Bsp) -> Vec<WorldPoint> {
    let starts = [
        "info_player_",
        "team_ctf_",
        "team_wolf_",
        "item_",
        "weapon_",
        "ammo_",
        "holdable_",
        "misc_cabinet_",
        "misc_teleporter_dest",
        "misc_mg42",
    ];
    let is_place = |class: &str| {
        let class = class.to_ascii_lowercase();
        class != "info_player_intermission" && starts.iter().any(|start| class.starts_with(start))
    };
    bsp.entities
        .iter()
        .filter(|entity| is_place(entity.class()))
        .filter_map(crate::gamefiles::bsp::Entity::origin)
        .collect()
}

/// The bounds of the world's model, or else of what is drawn.
fn bounds(bsp: &Bsp, drawn: &Drawn) -> Option<WorldRect> {
    let rect = |mins: [f32; 3], maxs: [f32; 3]| {
        WorldRect::new(mins[0].into(), mins[1].into(), maxs[0].into(), maxs[1].into())
    };
    let model = bsp.models.first().and_then(|model| model.bounds).and_then(|(mins, maxs)| rect(mins, maxs));
    model.or_else(|| {
        let corners = || drawn.seen.iter().flat_map(|triangle| triangle.corners);
        let least = corners().reduce(|a, b| [0, 1, 2].map(|i| a[i].min(b[i])))?;
        let most = corners().reduce(|a, b| [0, 1, 2].map(|i| a[i].max(b[i])))?;
        rect(least, most)
    })
}

/// Second and last but second hundredth of sorted heights.
fn ends(sorted: &[f32]) -> (f32, f32) {
    let at = |share: f64| sorted.get((share * sorted.len().saturating_sub(1) as f64) as usize).copied();
    (at(0.02).unwrap_or(0.0), at(0.98).unwrap_or(0.0))
}
