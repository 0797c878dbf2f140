//! How a picture came about: enough to explain it, to render it again, and to tell two pictures apart.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::Request;
use crate::figure::canvas::Canvas;
use crate::figure::heatmap::scale::Scale;
use crate::figure::words::data_summary::{Counts, DataSummary, Input};
use crate::figure::words::filter_words;
use crate::scene::{Scene, fallback_names};

/// A finished figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawing {
    /// What to draw.
    pub scene: Scene,
    /// How it came about.
    pub recipe: Recipe,
}

impl Drawing {
    /// A scene and how it came about.
    pub fn new(scene: Scene, recipe: Recipe) -> Self {
        let size_px = [scene.width, scene.height];
        let fonts = fallback_names(&scene);
        Self { scene, recipe: Recipe { size_px, fonts, ..recipe } }
    }
}

/// More files than this are not named one by one.
const MOST_INPUTS: usize = 1_000;

/// Files behind a picture that are too many to be named one by one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputList {
    /// How many.
    pub count: u64,
    /// SHA-256 of their list, lower-case hex. The list has a line for each file, its SHA-256, two spaces and its name, in the
    /// order of the lines' bytes, as `sha256sum * | LC_ALL=C sort` prints it.
    pub sha256: String,
}

impl InputList {
    fn of(inputs: &[Input]) -> Self {
        let mut lines: Vec<String> =
            inputs.iter().map(|input| format!("{}  {}\n", input.sha256, input.file)).collect();
        lines.sort_unstable();
        let sha256 = crate::text::hex(&Sha256::digest(lines.concat()));
        Self { count: inputs.len() as u64, sha256 }
    }
}

/// How a picture came about. It lies in the picture itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recipe {
    /// Program and version.
    pub program: String,
    /// The kind of figure: `heatmap`, `paths`, `exits`, `life`.
    pub figure: String,
    /// Width and height, pixels.
    #[serde(default)]
    pub size_px: [u32; 2],
    /// The picture as data: what was asked for, so that it can be drawn again from the rounds in `inputs`. `None` in
    /// pictures of program versions before 0.2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<Box<Request>>,
    /// The arguments of the command that made it, without its input and outputs, in pictures that have no request.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub command: Vec<String>,
    /// The figure's own options, by name.
    pub options: Map<String, Value>,
    /// What was asked for, in words.
    pub filter: Vec<String>,
    /// The files behind it; none where `input_list` stands for them.
    pub inputs: Vec<Input>,
    /// The files behind it, where they are more than [`MOST_INPUTS`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_list: Option<InputList>,
    /// What was used and what was left out.
    pub counts: Counts,
    /// Where the world lies on the picture.
    pub calibration: Calibration,
    /// Its floors, if each has a panel of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub floors: Option<FloorPanels>,
    /// Typefaces beside the program's own that names are drawn with. Another machine may have others, and so other bytes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fonts: Vec<String>,
    /// Brightness, if the figure has any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale: Option<Scale>,
}

/// Why a picture has one panel per floor, for its recipe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FloorPanels {
    /// The floors in words, the lowest first.
    pub floors: Vec<String>,
    /// The share of the places with time where two floors hold some seconds each, percent: the reason why. `None`: panels were
    /// asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stacked_percent: Option<u64>,
}

/// Where the world lies on the picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// The map's name as asked for.
    pub map: String,
    /// The part of the world that was drawn: west, south, east, north, units.
    pub window_units: [f64; 4],
    /// Its place on the picture: left, top, width, height, pixels.
    pub rect_px: [f32; 4],
    /// How the map's extent is known.
    pub extent: String,
    /// How the base map was drawn.
    pub base: String,
    /// The base map's picture, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
}

impl Calibration {
    /// Where the world lies on a picture drawn in `context`.
    pub fn of(context: &Canvas<'_>) -> Self {
        let frame = context.panel_frame();
        let (window, rect) = (&frame.extent, &frame.rect);
        Self {
            map: context.map.name.clone(),
            window_units: [window.min_x(), window.min_y(), window.max_x(), window.max_y()],
            rect_px: [rect.x, rect.y, rect.width, rect.height],
            extent: context.map.extent.sentence(),
            base: context.base.name().to_owned(),
            picture: context.base_picture().map(crate::map::Picture::name),
        }
    }
}

impl Recipe {
    /// The recipe of a figure drawn in `context`. `options` is the figure's own spec.
    pub fn new(
        figure: &str,
        options: &impl Serialize,
        context: &Canvas<'_>,
        data_summary: &DataSummary,
    ) -> Self {
        let options = match serde_json::to_value(options) {
            Ok(Value::Object(options)) => options,
            // A spec is a struct with word keys; anything else has no names to keep.
            _ => Map::new(),
        };
        let mut inputs: Vec<Input> = data_summary.inputs().cloned().collect();
        let input_list = (inputs.len() > MOST_INPUTS).then(|| InputList::of(&inputs));
        if input_list.is_some() {
            inputs.clear();
        }
        Self {
            program: concat!("proximity ", env!("CARGO_PKG_VERSION")).to_owned(),
            figure: figure.to_owned(),
            size_px: [0; 2],
            request: None,
            command: Vec::new(),
            options,
            filter: filter_words::conditions(context.filter),
            inputs,
            input_list,
            counts: data_summary.counts(),
            calibration: Calibration::of(context),
            floors: None,
            fonts: Vec::new(),
            scale: None,
        }
    }

    /// How many files are behind it.
    pub fn input_count(&self) -> u64 {
        self.input_list.as_ref().map_or(self.inputs.len() as u64, |list| list.count)
    }

    /// Whether two pictures were made from the same files.
    pub fn has_inputs_of(&self, other: &Self) -> bool {
        self.inputs == other.inputs && self.input_list == other.input_list
    }

    /// As JSON, for a picture's text chunk.
    pub fn to_json(&self) -> String {
        // A recipe has nothing that JSON cannot say: its keys are strings and its numbers finite.
        serde_json::to_string(self).unwrap_or_default()
    }
}
