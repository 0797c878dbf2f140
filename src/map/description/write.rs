//! A description's text: one line for each label and spawn spot.

use std::fmt::Write as _;

use super::{
    CornerSource, DescribedExtent, DescribedLabel, DescribedLayer, DescribedObjective, DescribedPicture,
    DescribedSpawn, ImportSource, MapDescription,
};

impl MapDescription {
    /// The text of the file: one line for each label and spawn spot. Reading it gives the same description.
    pub fn to_toml(&self) -> String {
        let mut text = String::new();
        let mut line = |key: &str, value: Option<String>| {
            if let Some(value) = value {
                let _ = writeln!(text, "{key} = {value}");
            }
        };
        line("title", self.title.as_deref().map(quoted));
        line("extent", self.extent.as_ref().map(DescribedExtent::inline));
        line("picture", self.picture.as_ref().map(DescribedPicture::inline));
        line("source", self.source.as_ref().map(ImportSource::inline));
        line("objective", list(self.objectives.iter().map(DescribedObjective::inline)));
        line("layer", list(self.layers.iter().map(DescribedLayer::inline)));
        line("label", list(self.labels.iter().map(DescribedLabel::inline)));
        line("spawn", list(self.spawns.iter().map(DescribedSpawn::inline)));
        text
    }
}

impl DescribedExtent {
    fn inline(&self) -> String {
        table([
            ("mins", Some(numbers(&self.mins))),
            ("maxs", Some(numbers(&self.maxs))),
            ("source", Some(quoted(self.source.word()))),
            ("points", self.points.map(|n| n.to_string())),
            ("residual_units", self.residual_units.map(|r| r.to_string())),
        ])
    }
}

impl CornerSource {
    fn word(self) -> &'static str {
        match self {
            Self::Hand => "hand",
            Self::Worldspawn => "worldspawn",
            Self::Geometry => "geometry",
            Self::Calibrated => "calibrated",
        }
    }
}

impl DescribedPicture {
    fn inline(&self) -> String {
        table([
            ("file", self.file.as_deref().map(quoted)),
            ("overview", self.overview.as_deref().map(quoted)),
            ("from", self.from.as_deref().map(quoted)),
        ])
    }
}

impl ImportSource {
    fn inline(&self) -> String {
        table([
            ("file", Some(quoted(&self.file))),
            ("entry", Some(quoted(&self.entry))),
            ("sha256", Some(quoted(&self.sha256))),
            ("entities", self.entities.as_deref().map(quoted)),
        ])
    }
}

impl DescribedLayer {
    fn inline(&self) -> String {
        table([
            ("ceiling", Some(self.ceiling.to_string())),
            ("picture", self.picture.as_deref().map(quoted)),
            ("from", self.from.as_deref().map(quoted)),
        ])
    }
}

impl DescribedObjective {
    fn inline(&self) -> String {
        table([("side", Some(quoted(self.side.word()))), ("text", Some(quoted(&self.text)))])
    }
}

impl DescribedLabel {
    fn inline(&self) -> String {
        table([
            ("kind", Some(quoted(self.kind.word()))),
            ("side", self.side.map(|side| quoted(side.word()))),
            ("text", Some(quoted(&self.text))),
            ("at", Some(numbers(&self.at))),
        ])
    }
}

impl DescribedSpawn {
    fn inline(&self) -> String {
        table([
            ("side", Some(quoted(self.side.word()))),
            ("at", Some(numbers(&self.at))),
            ("area", self.area.as_deref().map(quoted)),
        ])
    }
}

/// An inline table of the keys that have a value.
fn table<const N: usize>(keys: [(&str, Option<String>); N]) -> String {
    let pairs: Vec<String> =
        keys.into_iter().filter_map(|(key, value)| Some(format!("{key} = {}", value?))).collect();
    format!("{{ {} }}", pairs.join(", "))
}

/// An array with one row a line; `None` without rows.
fn list(rows: impl Iterator<Item = String>) -> Option<String> {
    let rows: String = rows.fold(String::new(), |all, row| all + "  " + &row + ",\n");
    (!rows.is_empty()).then(|| format!("[\n{rows}]"))
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn numbers<N: ToString>(numbers: &[N]) -> String {
    let texts: Vec<String> = numbers.iter().map(N::to_string).collect();
    format!("[{}]", texts.join(", "))
}
