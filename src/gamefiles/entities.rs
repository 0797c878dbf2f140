//! What a map's entities say about it: corners, layers, spawn areas, objectives.
//!
//! The classes and keys are those of *Enemy Territory*'s game code (`g_spawn.c`, `g_trigger.c`, `cg_commandmap.c`).

use super::bsp::{Bsp, Entity};
use crate::geom::{WorldPoint, WorldRect};
use crate::map::label::plain_title;
use crate::map::{LabelKind, Layers, MapLabel, Side, SpawnSpot, extent};

/// Most labels of one map.
const MOST_LABELS: usize = 512;
/// Most spawn spots of one map.
const MOST_SPOTS: usize = 1024;
/// Labels of one kind closer than this and of the same text are one, units.
const SAME_PLACE: f64 = 768.0;
/// A nameless marker this near a named label of its kind adds nothing, units.
const MARKED: f64 = 512.0;

/// What the entities of a map say.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EntityFacts {
    /// The map's full name (`message`).
    pub title: Option<String>,
    /// The corners of its command map; `None` if it names none, or the engine's own "no command map".
    pub extent: Option<WorldRect>,
    /// Why corners that are there are not used.
    pub extent_fault: Option<String>,
    /// Ceilings of its layers, units.
    pub ceilings: Vec<f32>,
    /// Spawn areas, objectives, posts.
    pub labels: Vec<MapLabel>,
    /// Where players appear.
    pub spawns: Vec<SpawnSpot>,
}

impl EntityFacts {
    /// Gather what a map's entities say. Nothing here fails: what is missing or odd is left out.
    pub fn of(bsp: &Bsp) -> Self {
        let mut facts = Self::default();
        if let Some(world) = bsp.worldspawn() {
            facts.title = world.get("message").map(plain_title).filter(|title| !title.is_empty());
            match corners(world) {
                Ok(extent) => facts.extent = extent,
                Err(fault) => facts.extent_fault = Some(fault),
            }
            facts.ceilings = ceilings(world);
        }
        for entity in &bsp.entities {
            facts.labels.extend(named_label(bsp, entity));
        }
        facts.labels = without_repeats(facts.labels);
        for entity in &bsp.entities {
            if let Some(marker) = marker(bsp, entity)
                && !facts
                    .labels
                    .iter()
                    .any(|label| label.kind == marker.kind && label.at.distance_2d(marker.at) < MARKED)
            {
                facts.labels.push(marker);
            }
        }
        facts.labels.truncate(MOST_LABELS);
        facts.spawns = spawn_spots(bsp, &facts.labels);
        facts
    }
}

/// `mapcoordsmins` = "west north", `mapcoordsmaxs` = "east south"; a third number is passed over, as in the engine.
fn corners(world: &Entity) -> Result<Option<WorldRect>, String> {
    let corner = |key: &str| match world.numbers(key)[..] {
        [x, y, ..] => Some([f64::from(x), f64::from(y)]),
        _ => None,
    };
    let written = ["mapcoordsmins", "mapcoordsmaxs"].map(|key| world.get(key).unwrap_or_default());
    let (Some([west, north]), Some([east, south])) = (corner("mapcoordsmins"), corner("mapcoordsmaxs"))
    else {
        let is_absent = written.iter().all(|text| text.trim().is_empty());
        return if is_absent { Ok(None) } else { Err(format!("mapcoords {written:?} are not two corners")) };
    };
    if [west, north, east, south].map(f64::abs) == [128.0; 4] {
        // The engine's default, which means that there is no command map.
        return Ok(None);
    }
    let rect = extent::corners([west, north], [east, south]);
    rect.map(Some)
        .ok_or_else(|| format!("mapcoords {written:?} are not the top left and bottom right corner"))
}

/// `cclayers` ceilings, as many as are written.
fn ceilings(world: &Entity) -> Vec<f32> {
    let count = (world.flags("cclayers") as usize).min(Layers::MOST);
    (0..count).map_while(|i| world.numbers(&format!("cclayerceil{i}")).first().copied()).collect()
}

/// Where an entity is: its origin, or the middle of its brush model.
fn place(bsp: &Bsp, entity: &Entity) -> Option<WorldPoint> {
    let model = entity.model().filter(|n| *n > 0).and_then(|n| bsp.models.get(n));
    let Some(model) = model else { return entity.origin() };
    let Some((mins, maxs)) = model.bounds else { return entity.origin() };
    let middle: [f32; 3] = std::array::from_fn(|i| f32::midpoint(mins[i], maxs[i]));
    let origin = entity.origin().unwrap_or_default();
    let at = WorldPoint::new(middle[0] + origin.x, middle[1] + origin.y, middle[2] + origin.z);
    Some(at).filter(|at| at.is_plausible())
}

/// Whose an entity is by the two lowest spawn flags: 1 Axis, 2 Allies.
fn side(flags: u32) -> Option<Side> {
    match flags & 3 {
        1 => Some(Side::Axis),
        2 => Some(Side::Allies),
        _ => None,
    }
}

/// The first of some keys that says anything.
fn text<'a>(entity: &'a Entity, keys: &[&str]) -> Option<&'a str> {
    keys.iter().filter_map(|key| entity.get(key)).find(|text| !text.trim().is_empty())
}

/// The label of an entity that has a name.
fn named_label(bsp: &Bsp, entity: &Entity) -> Option<MapLabel> {
    let flags = entity.flags("spawnflags");
    let class = entity.class().to_ascii_lowercase();
    let (kind, whose, name) = match class.as_str() {
        "team_wolf_objective" => (LabelKind::SpawnArea, side(flags), text(entity, &["description"])?),
        "team_wolf_checkpoint" => {
            (LabelKind::Checkpoint, None, text(entity, &["description"]).unwrap_or("Flag"))
        }
        "trigger_objective_info" => {
            let kind = match flags {
                f if f & 64 != 0 => LabelKind::CommandPost,
                f if f & 32 != 0 => LabelKind::Cabinet,
                _ => LabelKind::Objective,
            };
            (kind, side(flags), text(entity, &["shortname", "track"])?)
        }
        "team_ctf_redflag" => (LabelKind::Item, Some(Side::Axis), text(entity, &["message"])?),
        "team_ctf_blueflag" => (LabelKind::Item, Some(Side::Allies), text(entity, &["message"])?),
        "trigger_flagonly" | "trigger_flagonly_multiple" => {
            (LabelKind::Delivery, side(flags), text(entity, &["message"]).unwrap_or("Delivery"))
        }
        "func_constructible" | "func_explosive" => {
            (LabelKind::Constructible, None, text(entity, &["description", "track"])?)
        }
        "misc_cabinet_health" => (LabelKind::Cabinet, None, "Health cabinet"),
        "misc_cabinet_supply" => (LabelKind::Cabinet, None, "Ammo cabinet"),
        _ => return None,
    };
    MapLabel::new(kind, whose, name, place(bsp, entity)?)
}

/// The label of a command-map marker, which has a place and a meaning but no name.
fn marker(bsp: &Bsp, entity: &Entity) -> Option<MapLabel> {
    if !entity.class().eq_ignore_ascii_case("misc_commandmap_marker") {
        return None;
    }
    let flags = entity.flags("spawnflags");
    let (kind, name) = match flags {
        f if f & 16 != 0 => (LabelKind::CommandPost, "Command post"),
        f if f & 8 != 0 => (LabelKind::Cabinet, "Cabinet"),
        f if f & 4 != 0 => (LabelKind::Objective, "Objective"),
        _ => return None,
    };
    MapLabel::new(kind, side(flags), name, place(bsp, entity)?)
}

/// Labels without those that say again what a label nearby says.
fn without_repeats(labels: Vec<MapLabel>) -> Vec<MapLabel> {
    let mut kept: Vec<MapLabel> = Vec::new();
    for label in labels {
        let says_the_same = |other: &MapLabel| {
            other.text.eq_ignore_ascii_case(&label.text) && other.at.distance_2d(label.at) < SAME_PLACE
        };
        if kept.len() < MOST_LABELS && !kept.iter().any(says_the_same) {
            kept.push(label);
        }
    }
    kept
}

/// Every spawn spot with the name of the nearest spawn area that its side may use.
fn spawn_spots(bsp: &Bsp, labels: &[MapLabel]) -> Vec<SpawnSpot> {
    let spots = bsp.entities.iter().filter_map(|entity| {
        let side = match entity.class().to_ascii_lowercase().as_str() {
            "team_ctf_redspawn" => Side::Axis,
            "team_ctf_bluespawn" => Side::Allies,
            _ => return None,
        };
        let at = entity.origin()?;
        let areas = labels.iter().filter(|label| {
            label.kind == LabelKind::SpawnArea && label.side.is_none_or(|whose| whose == side)
        });
        let nearest = areas.min_by(|a, b| a.at.distance_3d(at).total_cmp(&b.at.distance_3d(at)));
        Some(SpawnSpot { side, at, area: nearest.map(|label| label.text.clone()) })
    });
    spots.take(MOST_SPOTS).collect()
}
