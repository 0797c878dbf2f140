//! The map's description, as the map room reads it, from the plan.

use super::{Objective, Plan, Spawn};
use crate::map::{
    CornerSource, DescribedExtent, DescribedLabel, DescribedLayer, DescribedSpawn, LabelKind, MapDescription,
    Side,
};

/// A standing player's origin above the floor, units.
const ORIGIN_UNITS: f64 = 24.0;

impl Plan {
    /// The map's description: extent, layers, labels and spawn spots.
    pub fn description(&self) -> MapDescription {
        MapDescription {
            title: Some(self.title.clone()),
            extent: Some(DescribedExtent {
                mins: self.mins,
                maxs: self.maxs,
                source: CornerSource::Hand,
                points: None,
                residual_units: None,
            }),
            layers: self
                .ceilings
                .iter()
                .map(|&ceiling| DescribedLayer { ceiling, picture: None, from: None })
                .collect(),
            labels: self.labels().collect(),
            spawns: self.spawns.iter().flat_map(spots).collect(),
            ..MapDescription::default()
        }
    }

    fn labels(&self) -> impl Iterator<Item = DescribedLabel> + '_ {
        let spawns = self.spawns.iter().map(|s| label(LabelKind::SpawnArea, Some(s.side), &s.name, s.at));
        let objectives = self.objectives.iter().map(|o| label(kind(o), o.side, &o.name, o.at));
        let places = self.places.iter().filter(|place| place.label);
        spawns.chain(objectives).chain(places.map(|p| label(LabelKind::Place, None, &p.name, p.at)))
    }
}

fn kind(objective: &Objective) -> LabelKind {
    if objective.side.is_some() { LabelKind::Objective } else { LabelKind::CommandPost }
}

fn label(kind: LabelKind, side: Option<Side>, text: &str, at: [f64; 3]) -> DescribedLabel {
    DescribedLabel { kind, side, text: text.to_owned(), at: origin(at, 0.0, 0.0) }
}

/// The first few spots of a spawn area, as players take them.
fn spots(spawn: &Spawn) -> Vec<DescribedSpawn> {
    let spot = |index| {
        let [dx, dy] = spawn.spot(index);
        DescribedSpawn { side: spawn.side, at: origin(spawn.at, dx, dy), area: Some(spawn.name.clone()) }
    };
    (0..8).map(spot).collect()
}

fn origin([x, y, z]: [f64; 3], dx: f64, dy: f64) -> [f32; 3] {
    let tenths = |value: f64| ((value * 10.0).round() / 10.0) as f32;
    [tenths(x + dx), tenths(y + dy), tenths(z + ORIGIN_UNITS)]
}
