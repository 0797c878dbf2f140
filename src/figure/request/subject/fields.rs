//! The names that a request's JSON may hold. A name that no reader knows would have no effect without a word: it is refused,
//! with those it may have meant.

use std::fmt;

use serde::de::value::Error as NoValue;
use serde::de::{Deserialize, Deserializer, Error as _, Visitor};
use serde_json::Value;

use super::{LifeCard, Replay};
use crate::analysis::Filter;
use crate::figure::arrival::ArrivalSpec;
use crate::figure::exits::ExitsSpec;
use crate::figure::heatmap::{Scale, VersusSpec};
use crate::figure::kills::KillsSpec;
use crate::figure::paths::PathsSpec;
use crate::figure::request::{Imprint, Layout};
use crate::text::{near, visible};

/// Names longer than this are cut in an answer, characters.
const LONGEST: usize = 40;
/// The names of a request itself.
const OF_REQUEST: [&str; 9] =
    ["version", "figure", "options", "filter", "base", "layout", "floor", "crop", "imprint"];
/// Options whose reader looks through all names for several structs at once; it cannot be asked for them.
const OF_HEATMAP: [&str; 10] = [
    "by",
    "mode",
    "weight",
    "normalize",
    "scale",
    "sigma_units",
    "contour_percent",
    "holds",
    "floors",
    "elevation",
];
/// Options of paths and of the versus figure besides those of their looks.
const OF_PATHS: [&str; 2] = ["floors", "elevation"];
const OF_VERSUS: [&str; 1] = ["against"];

/// A name that is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownField {
    /// Where it stands: the names on the way to it and its own, with dots between.
    path: String,
    /// What is known at that place: the names that are meant, where some are near.
    known: Vec<&'static str>,
    is_near: bool,
    /// Whether a list stands there instead of names and values.
    is_list: bool,
}

impl fmt::Display for UnknownField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<String> = self.known.iter().map(|name| format!("`{name}`")).collect();
        if self.is_list {
            write!(f, "`{}` is an object of names and values, no list; ", self.path)?;
        } else {
            write!(f, "a request has no field `{}`; ", self.path)?;
        }
        if self.is_near {
            write!(f, "did you mean {}?", names.join(" or "))
        } else if names.is_empty() {
            f.write_str("there is none at this place")
        } else {
            write!(f, "known there: {}", names.join(", "))
        }
    }
}

impl std::error::Error for UnknownField {}

impl UnknownField {
    /// Checks all names of a request's JSON, whatever stands behind them. A figure that does not exist is not judged here.
    pub(in crate::figure::request) fn check(request: &Value) -> Result<(), Self> {
        known("", request, &OF_REQUEST)?;
        let at = |name: &str| request.get(name).unwrap_or(&Value::Null);
        known("filter", at("filter"), &of::<Filter>())?;
        known("layout", at("layout"), &of::<Layout>())?;
        known("imprint", at("imprint"), &of::<Imprint>())?;
        let options = at("options");
        if let Some(names) = at("figure").as_str().and_then(options_of) {
            known("options", options, &names)?;
        }
        let below = |name: &str| options.get(name).unwrap_or(&Value::Null);
        known("options.against", below("against"), &of::<Filter>())?;
        known("options.scale", below("scale"), &of::<Scale>())
    }
}

/// The options of a figure; `None` for a figure that does not exist.
fn options_of(figure: &str) -> Option<Vec<&'static str>> {
    Some(match figure {
        "heatmap" => OF_HEATMAP.to_vec(),
        "versus" => [of::<VersusSpec>(), OF_VERSUS.to_vec()].concat(),
        "paths" => [of::<PathsSpec>(), OF_PATHS.to_vec()].concat(),
        "exits" => of::<ExitsSpec>(),
        "kills" => of::<KillsSpec>(),
        "arrival" => of::<ArrivalSpec>(),
        "life" => of::<LifeCard>(),
        "replay" => of::<Replay>(),
        _ => return None,
    })
}

/// Finds the first name of an object that is not among the known ones.
fn known(place: &str, object: &Value, names: &[&'static str]) -> Result<(), UnknownField> {
    if object.is_array() {
        // It would be read as the values of the names in their order: no one can mean that.
        return Err(UnknownField {
            path: place.to_owned(),
            known: names.to_vec(),
            is_near: false,
            is_list: true,
        });
    }
    let mut given = object.as_object().into_iter().flatten().map(|(name, _)| name.as_str());
    let Some(name) = given.find(|name| !names.contains(name)) else { return Ok(()) };
    let shown: String = visible(name).chars().take(LONGEST).collect();
    let meant = near(&shown, names.iter().copied());
    // Who writes a longer word may mean a shorter one.
    let within = || names.iter().copied().filter(|known| shown.contains(known)).collect();
    let meant: Vec<&str> = if meant.is_empty() { within() } else { meant };
    let is_near = !meant.is_empty();
    Err(UnknownField {
        path: if place.is_empty() { shown } else { format!("{place}.{shown}") },
        known: if is_near { meant } else { names.to_vec() },
        is_near,
        is_list: false,
    })
}

/// The names of a struct's fields, as its own reader asks for them.
fn of<'de, T: Deserialize<'de>>() -> Vec<&'static str> {
    let mut names = Vec::new();
    // It reads nothing: names are all that is wanted.
    let _ = T::deserialize(Names(&mut names));
    names
}

/// Hears for which names a reader asks, and has nothing to read.
struct Names<'n>(&'n mut Vec<&'static str>);

impl<'de> Deserializer<'de> for Names<'_> {
    type Error = NoValue;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, NoValue> {
        self.0.extend(fields);
        Err(NoValue::custom("names only"))
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, NoValue> {
        Err(NoValue::custom("names only"))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::analysis::{State, Weight};
    use crate::figure::heatmap::{By, HeatmapSpec, Mode, Normalize};
    use crate::figure::paths::PathColor;
    use crate::figure::request::{Arrival, Exits, Kills};
    use crate::figure::request::{
        Crop, Heatmap, PanelsWhen, Paths, Request, RequestError, Subject, Versus, WhichLife,
    };
    use crate::model::Team;

    /// Every figure with every field of its options: a field that is added does not compile here without a value.
    fn all_options() -> Vec<Subject> {
        let panels = PanelsWhen::Always;
        let spec = HeatmapSpec {
            by: By::State,
            mode: Mode::Only(State::Sprint),
            weight: Weight::Time,
            normalize: Normalize::FromScale(Scale::root(Weight::Time, 1.0)),
            sigma_units: Some(40.0),
            contour_percent: Some(50.0),
            holds: true,
        };
        let paths = PathsSpec { color: PathColor::Time, highlight: vec!["Kestrel".to_owned()] };
        let word = || vec!["Kestrel".to_owned()];
        let Some(since) = serde_json::from_value(json!("spawn")).ok() else { unreachable!() };
        vec![
            Subject::Heatmap(Heatmap { spec, floors: panels, elevation: true }),
            Subject::Versus(Versus { against: Filter::default(), spec: VersusSpec::default() }),
            Subject::Paths(Paths { spec: paths, floors: panels, elevation: true }),
            Subject::Exits(Exits { spec: ExitsSpec { ring_units: Some(500.0) } }),
            Subject::Kills(Kills { spec: KillsSpec { killer: word(), victim: word(), weapon: word() } }),
            Subject::Arrival(Arrival {
                spec: ArrivalSpec { team: Some(Team::Axis), latest_s: Some(30), since, quantile: Some(0.2) },
            }),
            Subject::Life(LifeCard { which: WhichLife::Nth(2) }),
            Subject::Replay(Replay {
                file: Some("x".to_owned()),
                follow: Some("Kestrel".to_owned()),
                ..Replay::default()
            }),
        ]
    }

    #[test]
    fn the_known_names_are_those_that_are_written() {
        for subject in all_options() {
            let written = serde_json::to_value(&subject).unwrap();
            let mut names = options_of(subject.name()).unwrap();
            let mut keys: Vec<&str> =
                written["options"].as_object().unwrap().keys().map(String::as_str).collect();
            names.sort_unstable();
            keys.sort_unstable();
            assert_eq!(names, keys, "{}", subject.name());
        }
        let mut request = Request::new(Subject::Exits(Exits::default()), Filter::everything());
        request.floor = Some(1);
        request.crop = "spawn:axis".parse::<Crop>().ok();
        request.imprint.title = Some("Cup".to_owned());
        request.layout.size_px = 300;
        request.base = crate::basemap::BaseStyle::Ink;
        let written = serde_json::to_value(&request).unwrap();
        let mut keys: Vec<&str> = written.as_object().unwrap().keys().map(String::as_str).collect();
        let mut names = OF_REQUEST.to_vec();
        keys.sort_unstable();
        names.sort_unstable();
        assert_eq!(names, keys);
    }

    #[test]
    fn a_name_that_is_not_known_is_told_with_the_one_that_is_meant() {
        let reason = |json: &Value| match Request::from_json(&json.to_string()) {
            Err(RequestError::Field(error)) => error.to_string(),
            other => panic!("{other:?}"),
        };
        for (json, words) in [
            (
                json!({"version": 1, "figure": "arrival", "options": {"latest": 0}}),
                "`options.latest`; did you mean `latest_s`?",
            ),
            (
                json!({"version": 1, "figure": "heatmap", "options": {"latest_s": 0}}),
                "`options.latest_s`; known there: `by`, `mode`",
            ),
            (
                json!({"version": 1, "figure": "paths", "options": {"colour": "time"}}),
                "did you mean `color`?",
            ),
            (
                json!({"version": 1, "figure": "heatmap", "options": {"scale": {"curv": 1}}}),
                "`options.scale.curv`; did you mean `curve`?",
            ),
            (
                json!({"version": 1, "figure": "versus", "options": {"against": {"teams": ["axis"]}}}),
                "`options.against.teams`; did you mean `team`?",
            ),
            (
                json!({"version": 1, "figure": "exits", "filter": {"playr": ["a"]}}),
                "`filter.playr`; did you mean `player`?",
            ),
            (json!({"version": 1, "figure": "kills", "option": {}}), "`option`; did you mean `options`?"),
            (json!({"version": 1, "figure": "life", "layout": {"size": 300}}), "did you mean `size_px`?"),
            (
                json!({"version": 1, "figure": "life", "layout": ["portrait", 300]}),
                "`layout` is an object of names and values, no list; known there: `legend`",
            ),
            (
                json!({"version": 1, "figure": "life", "filter": []}),
                "`filter` is an object of names and values, no list; known there: `map`",
            ),
            (json!({"version": 1, "figure": "life", "imprint": {"titel": "x"}}), "did you mean `title`?"),
            (json!({"version": 1, "figure": "replay", "options": {"fsp": 3}}), "did you mean `fps`?"),
        ] {
            assert!(reason(&json).contains(words), "{json}: {}", reason(&json));
            let request: Result<Request, _> = serde_json::from_value(json);
            assert!(request.unwrap_err().to_string().contains(words), "other readers are as strict");
        }
        let long = json!({"version": 1, "figure": "life", "\u{202e}\n".repeat(9999): 1});
        let told = reason(&long);
        assert!(told.len() < 400 && !told.contains(['\n', '\u{202e}']), "{told}");
    }
}
