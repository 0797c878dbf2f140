//! A picture as data: everything that decides how it looks, before any round is read.
//!
//! A [`Request`] comes from a command line, a page's query, a chat command or a picture's own text chunk, and is the
//! same everywhere: it names the figure with its options, the filter, the map, and the sheet. As JSON it is written in
//! the words of the command line; what is left out has its default:
//!
//! ```
//! use proximity::Request;
//!
//! let json = r#"{"version": 1, "figure": "heatmap", "options": {"by": "team"}, "filter": {"team": ["axis"]}}"#;
//! let request = Request::from_json(json)?;
//! assert_eq!(request.filter.teams, [proximity::Team::Axis]);
//! # Ok::<(), proximity::figure::RequestError>(())
//! ```

mod crop;
mod draw;
mod drawing;
mod floors;
mod imprint;
pub(crate) mod layout;
mod map_data;
mod narrows;
pub mod recipe;
pub(crate) mod replay;
pub(crate) mod subject;
mod sums;
mod version;

pub use crop::Crop;
pub use draw::Finished;
pub(crate) use draw::LoadedMap;
pub use drawing::RECIPE;
pub use imprint::{Imprint, Logo};
pub use layout::{Layout, PanelsWhen};
pub(crate) use map_data::add_heights;
pub use map_data::{FloorData, FloorsData, MapData, heat_grids};
pub use recipe::{Drawing, Recipe};
pub use replay::Replay;
pub use subject::fields::UnknownField;
pub use subject::{
    Arrival, Exits, Figure, Heatmap, Kills, LifeCard, LifeData, LifeKey, Paths, Subject, Versus, WhichLife,
};
pub use sums::FigureSums;
pub(crate) use sums::{Kept, slice_spec};
pub use version::version_of;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::analysis::Filter;
use crate::basemap::BaseStyle;
use crate::figure::layout::sheet::Orientation;

/// The version of the JSON form. Raised when a field changes its meaning; new fields have defaults and need no new one.
pub const VERSION: u32 = 1;
/// Longer texts than this are no requests, bytes.
const MOST_BYTES: usize = 1024 * 1024;

/// A picture as data. A reader refuses names that it does not know.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Request {
    /// The version of its form: [`VERSION`].
    pub version: u32,
    /// What is drawn, with its options.
    #[serde(flatten)]
    pub subject: Subject,
    /// Which rounds, lives and moments. `filter.maps` holds at most one map. Default: all of people.
    #[serde(skip_serializing_if = "is_default")]
    pub filter: Filter,
    /// How the map below is drawn. Default: held back.
    #[serde(skip_serializing_if = "is_default")]
    pub base: BaseStyle,
    /// The sheet: where the legend goes, how large the map is, and what is written on it.
    #[serde(skip_serializing_if = "is_default")]
    pub layout: Layout,
    /// Only this floor, from the lowest, 0, on its own picture. Default: all floors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub floor: Option<usize>,
    /// Only this part of the map. Default: all of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crop: Option<Crop>,
    /// What whoever publishes the picture adds to its legend. Default: nothing.
    #[serde(skip_serializing_if = "is_default")]
    pub imprint: Imprint,
}

impl<'de> Deserialize<'de> for Request {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(from)?;
        Self::from_value(value).map_err(|error| serde::de::Error::custom(crate::text::with_causes(&error)))
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A request that cannot be fulfilled.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// No JSON.
    #[error("this is no request")]
    Json(#[from] serde_json::Error),
    /// JSON that is no request; says where and why.
    #[error("this is no request: {0}")]
    Value(String),
    /// A name that no part of a request has.
    #[error(transparent)]
    Field(#[from] UnknownField),
    /// Too long to be a request.
    #[error("a request of {0} bytes is longer than {MOST_BYTES}")]
    TooLong(usize),
    /// Made by a newer program.
    #[error("the request has version {0}; this program reads up to {VERSION}")]
    Version(u32),
    /// A number that is not in its range.
    #[error("{what}: expected {expected}")]
    Range {
        /// Which.
        what: String,
        /// What it may be.
        expected: String,
    },
    /// Options of a figure that do not go together.
    #[error(transparent)]
    Spec(#[from] crate::figure::heatmap::SpecError),
    /// A figure that some part of the request means nothing to.
    #[error("{0}")]
    Meaningless(&'static str),
    /// No life matches the filters.
    #[error("no life matches the filters")]
    NoLives,
    /// Lives that are not there; says which there are.
    #[error("{0}")]
    NotFound(String),
    /// A floor that the map does not have.
    #[error("--floor {floor}: the map {map} has {}", if *floors == 0 { "a single floor".to_owned() } else { format!("floors 0 to {}", floors - 1) })]
    NoSuchFloor {
        /// The floor that was asked for.
        floor: usize,
        /// The map.
        map: String,
        /// How many floors it has.
        floors: usize,
    },
}

impl Request {
    /// A request with the default sheet.
    pub fn new(subject: Subject, filter: Filter) -> Self {
        Self {
            version: VERSION,
            subject,
            filter,
            base: BaseStyle::default(),
            layout: Layout::default(),
            floor: None,
            crop: None,
            imprint: Imprint::default(),
        }
    }

    /// The same on another sheet.
    #[must_use]
    pub fn on(self, layout: Layout) -> Self {
        Self { layout, ..self }
    }

    /// The same over another kind of map.
    #[must_use]
    pub fn over(self, base: BaseStyle) -> Self {
        Self { base, ..self }
    }

    /// The same of a part of the map.
    #[must_use]
    pub fn cropped(self, crop: Crop) -> Self {
        Self { crop: Some(crop), ..self }
    }

    /// The same with an imprint.
    #[must_use]
    pub fn with_imprint(self, imprint: Imprint) -> Self {
        Self { imprint, ..self }
    }

    /// A request from its JSON, checked.
    ///
    /// # Errors
    /// Text that is no request, one of a newer version, or numbers out of their range.
    pub fn from_json(text: &str) -> Result<Self, RequestError> {
        if text.len() > MOST_BYTES {
            return Err(RequestError::TooLong(text.len()));
        }
        let request = Self::from_value(serde_json::from_str(text)?)?;
        request.check()?;
        Ok(request)
    }

    fn from_value(mut value: Value) -> Result<Self, RequestError> {
        /// A request as it is read.
        #[derive(Deserialize)]
        struct Fields {
            version: u32,
            #[serde(flatten)]
            subject: Subject,
            #[serde(default)]
            filter: Filter,
            #[serde(default)]
            base: BaseStyle,
            #[serde(default)]
            layout: Layout,
            #[serde(default)]
            floor: Option<usize>,
            #[serde(default)]
            crop: Option<Crop>,
            #[serde(default)]
            imprint: Imprint,
        }

        if !value.is_object() {
            return Err(RequestError::Value(subject::unreadable::no_object(&value)));
        }
        // A newer one may have names that are not known here.
        if let Some(version) = value.get("version").and_then(Value::as_u64)
            && !(1..=VERSION.into()).contains(&version)
        {
            return Err(RequestError::Version(u32::try_from(version).unwrap_or(u32::MAX)));
        }
        UnknownField::check(&value)?;
        // A figure without options is one with the default ones.
        let with_options = |value: &mut Value| {
            if let Some(fields) = value.as_object_mut() {
                fields.entry("options").or_insert_with(|| serde_json::json!({}));
            }
        };
        with_options(&mut value);
        let read = Fields::deserialize(&value).map_err(|error| {
            let read = |value| Fields::deserialize(value).map(|_| ());
            RequestError::Value(subject::unreadable::sentence(&value, &error, read))
        });
        let Fields { version, subject, filter, base, layout, floor, crop, imprint } = read?;
        Ok(Self { version, subject, filter, base, layout, floor, crop, imprint })
    }

    /// Its JSON, keys in a fixed order.
    pub fn to_json(&self) -> String {
        // A request has nothing that JSON cannot say: its keys are strings and its numbers finite.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Checks what does not depend on the rounds.
    ///
    /// # Errors
    /// The first number out of its range, or the first part that means nothing to the figure.
    pub fn check(&self) -> Result<(), RequestError> {
        self.layout.sheet()?;
        self.imprint.check()?;
        let is_plain = self.imprint == Imprint::default();
        if matches!(self.subject, Subject::Replay(_)) && !(is_plain && self.crop.is_none()) {
            return Err(RequestError::Meaningless(
                "a replay shows the whole map and has no legend: it takes neither a crop nor an imprint",
            ));
        }
        if self.layout.legend == Orientation::Bare && !is_plain {
            return Err(RequestError::Meaningless(
                "a bare map has no legend: --title, --subtitle and --mark mean nothing here",
            ));
        }
        self.subject.check(&self.filter)
    }

    /// Everything that decides the pixels besides the rounds and the map, as one line: the request and the version of its
    /// figure.
    pub fn key(&self) -> String {
        format!("{} {}", version_of(&self.subject), self.to_json())
    }
}
