//! What a heatmap shows and how its values become brightness. Each choice is written in one way, on the command line
//! and in a recipe: `majority`, `share:sprint`, `fixed:4.2`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::scale::{Curve, Scale, weight_word};
use crate::analysis::State;
use crate::analysis::{Split, Weight};

/// What tells the colours apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum By {
    /// Sprint, run, crouch, prone.
    #[default]
    State,
    /// Axis and Allies.
    Team,
    /// The five classes.
    Class,
    /// Nothing: one ramp for how much.
    None,
}

impl By {
    /// The planes this needs.
    pub(super) fn split(self) -> Split {
        match self {
            Self::State => Split::State,
            Self::Team => Split::Team,
            Self::Class => Split::Class,
            Self::None => Split::Nothing,
        }
    }
}

/// How several colours share a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// What suits the colours. By state: brightness is time, and a colour stands where its state is held clearly more
    /// often than on the whole map. By team: the larger share. By class: a panel each. One colour: a ramp.
    #[default]
    Auto,
    /// The largest share's colour, greyer the smaller its share; brightness is opacity alone.
    Majority,
    /// The mean of the colours, weighted by share.
    Blend,
    /// An ordered dither of the pure colours: for large prints.
    Weave,
    /// One panel per colour: the most exact.
    Panels,
    /// One state's share of the time, as a ramp.
    Share(State),
    /// One state alone.
    Only(State),
}

/// How values become brightness.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Normalize {
    /// Square root up to the 99th percentile (with a floor, so that a thin session does not look hot).
    #[default]
    P99,
    /// Logarithm up to the same reference.
    Log,
    /// By rank: each brightness covers the same area.
    EqHist,
    /// Straight up to the same reference.
    Linear,
    /// Square root up to this value, in the legend's unit.
    Fixed(f64),
    /// A scale that was written before: pictures that share it can be compared.
    FromScale(Scale),
}

/// Everything that decides how a heatmap looks. Default: time by state, 99th percentile.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct HeatmapSpec {
    /// What tells the colours apart. Default: state.
    #[serde(with = "word")]
    pub by: By,
    /// How several colours share a place. Default: auto.
    #[serde(with = "word")]
    pub mode: Mode,
    /// What is counted. Default: time.
    #[serde(with = "weight_as_word")]
    pub weight: Weight,
    /// How values become brightness. Default: p99.
    #[serde(flatten)]
    pub normalize: Normalize,
    /// Sigma of the density's Gaussian, units. Default: 30 or 2.2 px, whichever is wider; 48 or 3.5 px with a mode
    /// other than auto.
    pub sigma_units: Option<f64>,
    /// A line round the places that hold this percentage of everything. Default: none.
    pub contour_percent: Option<f64>,
    /// Whether the places are marked where most time was spent standing still. Default: no.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub holds: bool,
}

/// A choice that does not exist, or two that do not go together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpecError {
    /// Not one of the words.
    #[error("`{given}` is no {what}: expected {expected}")]
    Word {
        /// What was given.
        given: String,
        /// What it should have been.
        what: &'static str,
        /// The words there are.
        expected: &'static str,
    },
    /// A mode of states with another split.
    #[error("`{mode}` needs colours by state, not by {by}")]
    ModeNeedsStates {
        /// The mode.
        mode: Mode,
        /// The split.
        by: By,
    },
    /// A mode of several colours without any.
    #[error("`{mode}` needs colours by state, team or class")]
    ModeNeedsColors {
        /// The mode.
        mode: Mode,
    },
    /// A number outside its range.
    #[error("{what} must be {expected}")]
    Number {
        /// Which.
        what: &'static str,
        /// What it should have been.
        expected: &'static str,
    },
}

impl HeatmapSpec {
    /// The mode that is drawn: `Auto` stands for panels by class and for the larger share by team.
    pub(super) fn drawn_mode(&self) -> Mode {
        match (self.mode, self.by) {
            (Mode::Auto, By::Class) => Mode::Panels,
            (Mode::Auto, By::Team) => Mode::Majority,
            (mode, _) => mode,
        }
    }

    /// Whether all that it shows is in sums ([`HeatSums`](crate::analysis::HeatSums)).
    pub(crate) fn takes_sums(&self) -> bool {
        self.weight == Weight::Time && !self.holds
    }

    /// Checks that the choices go together.
    ///
    /// # Errors
    /// [`SpecError`] naming the first that does not.
    pub fn check(&self) -> Result<(), SpecError> {
        match self.mode {
            Mode::Share(_) | Mode::Only(_) if self.by != By::State => {
                return Err(SpecError::ModeNeedsStates { mode: self.mode, by: self.by });
            }
            Mode::Blend | Mode::Weave | Mode::Panels if self.by == By::None => {
                return Err(SpecError::ModeNeedsColors { mode: self.mode });
            }
            _ => {}
        }
        let number = |what, expected, holds: bool| {
            if holds { Ok(()) } else { Err(SpecError::Number { what, expected }) }
        };
        number(
            "sigma",
            "between 1 and 4096 units",
            self.sigma_units.is_none_or(|s| (1.0..=4096.0).contains(&s)),
        )?;
        number(
            "the contour",
            "between 1 and 99 percent",
            self.contour_percent.is_none_or(|c| (1.0..=99.0).contains(&c)),
        )?;
        match &self.normalize {
            Normalize::Fixed(value) => {
                number("the fixed scale", "above 0", value.is_finite() && *value > 0.0)
            }
            Normalize::FromScale(scale) => {
                number("the scale", "one of the same weight, above 0", scale.fits(self.weight))
            }
            _ => Ok(()),
        }
    }
}

impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::State => "state",
            Self::Team => "team",
            Self::Class => "class",
            Self::None => "none",
        })
    }
}

impl FromStr for By {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, SpecError> {
        Ok(match text {
            "state" => Self::State,
            "team" => Self::Team,
            "class" => Self::Class,
            "none" => Self::None,
            _ => return Err(no_word(text, "split", "state, team, class or none")),
        })
    }
}

/// The states one can ask for, by word.
const STATES: [(&str, State); 6] = [
    ("sprint", State::Sprint),
    ("run", State::Upright),
    ("crouch", State::Crouch),
    ("prone", State::Prone),
    ("low", State::Low),
    ("unknown", State::Unknown),
];

fn state_word(state: State) -> &'static str {
    STATES.iter().find(|(_, s)| *s == state).map_or("unknown", |(word, _)| word)
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => f.write_str("auto"),
            Self::Majority => f.write_str("majority"),
            Self::Blend => f.write_str("blend"),
            Self::Weave => f.write_str("weave"),
            Self::Panels => f.write_str("panels"),
            Self::Share(state) => write!(f, "share:{}", state_word(*state)),
            Self::Only(state) => write!(f, "only:{}", state_word(*state)),
        }
    }
}

impl FromStr for Mode {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, SpecError> {
        let state = |word: &str| STATES.iter().find(|(w, _)| *w == word).map(|(_, state)| *state);
        let mode = match text.split_once(':') {
            None => match text {
                "auto" => Some(Self::Auto),
                // The word in recipes of pictures that were drawn before there were others to choose from.
                "majority" | "dominant" => Some(Self::Majority),
                "blend" => Some(Self::Blend),
                "weave" => Some(Self::Weave),
                "panels" => Some(Self::Panels),
                _ => None,
            },
            Some(("share", word)) => state(word).map(Self::Share),
            Some(("only", word)) => state(word).map(Self::Only),
            Some(_) => None,
        };
        mode.ok_or_else(|| {
            no_word(
                text,
                "mode",
                "auto, majority, blend, weave, panels, share:STATE or only:STATE (sprint, run, crouch, prone, low)",
            )
        })
    }
}

/// A weight from its word.
///
/// # Errors
/// [`SpecError::Word`].
pub fn parse_weight(text: &str) -> Result<Weight, SpecError> {
    Ok(match text {
        "time" => Weight::Time,
        "visits" => Weight::Visits,
        "players" => Weight::Players,
        _ => return Err(no_word(text, "weight", "time, visits or players")),
    })
}

impl Normalize {
    /// The scale it asks for. `values`: the density's cells; `unit`: the legend's unit per unit of `values`; `floor`: the
    /// least reference, in the legend's unit.
    pub(super) fn scale(&self, weight: Weight, values: &[f32], unit: f64, floor: f64) -> Scale {
        let curve = match self {
            Self::FromScale(scale) => return scale.clone(),
            Self::Fixed(value) => return Scale::root(weight, *value),
            Self::EqHist => return Scale::by_rank(weight, values, unit, floor),
            Self::P99 => Curve::Root,
            Self::Log => Curve::Log,
            Self::Linear => Curve::Linear,
        };
        Scale::by_percentile(curve, weight, values, unit, floor)
    }

    /// What a caption says of it.
    pub(super) fn caption(&self) -> &'static str {
        match self {
            Self::P99 => "scale p99, square root",
            Self::Log => "scale p99, logarithm",
            Self::EqHist => "scale by rank",
            Self::Linear => "scale p99, linear",
            Self::Fixed(_) => "scale fixed, square root",
            Self::FromScale(_) => "scale locked",
        }
    }
}

impl FromStr for Normalize {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, SpecError> {
        let fixed = || text.strip_prefix("fixed:")?.parse::<f64>().ok().filter(|v| v.is_finite() && *v > 0.0);
        Ok(match text {
            "p99" => Self::P99,
            "log" => Self::Log,
            "eq-hist" => Self::EqHist,
            "linear" => Self::Linear,
            _ => match fixed() {
                Some(value) => Self::Fixed(value),
                None => {
                    return Err(no_word(text, "normalisation", "p99, log, eq-hist, linear or fixed:NUMBER"));
                }
            },
        })
    }
}

fn no_word(given: &str, what: &'static str, expected: &'static str) -> SpecError {
    // The start is enough to recognise what was typed.
    let given = given.chars().take(40).collect();
    SpecError::Word { given, what, expected }
}

/// Choices as words in a recipe.
mod word {
    use std::fmt::Display;
    use std::str::FromStr;

    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<T: Display, S: Serializer>(value: &T, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(value)
    }

    pub(super) fn deserialize<'de, T, D>(from: D) -> Result<T, D::Error>
    where
        T: FromStr<Err: Display>,
        D: Deserializer<'de>,
    {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

/// [`Weight`] as a word in a recipe.
mod weight_as_word {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use super::{Weight, parse_weight, weight_word};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
    pub(super) fn serialize<S: Serializer>(weight: &Weight, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(weight_word(*weight))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Weight, D::Error> {
        parse_weight(&String::deserialize(from)?).map_err(D::Error::custom)
    }
}

/// A [`Normalize`] as a recipe holds it: a word, and the scale if it came from one.
#[derive(Serialize, Deserialize)]
struct NormalizeWords {
    #[serde(default = "p99")]
    normalize: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scale: Option<Scale>,
}

fn p99() -> String {
    "p99".to_owned()
}

impl Serialize for Normalize {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let (normalize, scale) = match self {
            Self::P99 => (p99(), None),
            Self::Log => ("log".to_owned(), None),
            Self::EqHist => ("eq-hist".to_owned(), None),
            Self::Linear => ("linear".to_owned(), None),
            Self::Fixed(value) => (format!("fixed:{value}"), None),
            Self::FromScale(scale) => ("scale".to_owned(), Some(scale.clone())),
        };
        NormalizeWords { normalize, scale }.serialize(to)
    }
}

impl<'de> Deserialize<'de> for Normalize {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let words = NormalizeWords::deserialize(from)?;
        match words.scale {
            Some(scale) => Ok(Self::FromScale(scale)),
            None => words.normalize.parse().map_err(serde::de::Error::custom),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_comes_back() {
        for by in [By::State, By::Team, By::Class, By::None] {
            assert_eq!(by.to_string().parse(), Ok(by));
        }
        let states = STATES.map(|(_, state)| state);
        let modes = [Mode::Auto, Mode::Majority, Mode::Blend, Mode::Weave, Mode::Panels]
            .into_iter()
            .chain(states.map(Mode::Share))
            .chain(states.map(Mode::Only));
        for mode in modes {
            assert_eq!(mode.to_string().parse(), Ok(mode));
        }
        for weight in [Weight::Time, Weight::Visits, Weight::Players] {
            assert_eq!(parse_weight(weight_word(weight)), Ok(weight));
        }
        assert_eq!("fixed:4.5".parse(), Ok(Normalize::Fixed(4.5)));
        for wrong in ["fixed:", "fixed:-1", "fixed:inf", "P99", ""] {
            assert!(wrong.parse::<Normalize>().is_err(), "{wrong}");
        }
        let error = "share:walk".parse::<Mode>().unwrap_err().to_string();
        assert!(error.starts_with("`share:walk` is no mode: expected auto,"), "{error}");
    }

    #[test]
    fn specs_survive_a_recipe() {
        let scale = Scale::root(Weight::Visits, 3.5);
        for normalize in
            [Normalize::P99, Normalize::EqHist, Normalize::Fixed(2.25), Normalize::FromScale(scale.clone())]
        {
            let spec = HeatmapSpec {
                mode: Mode::Share(State::Sprint),
                weight: Weight::Visits,
                normalize,
                sigma_units: Some(64.0),
                ..HeatmapSpec::default()
            };
            let json = serde_json::to_string(&spec).unwrap();
            assert_eq!(serde_json::from_str::<HeatmapSpec>(&json).unwrap(), spec, "{json}");
        }
        assert_eq!(serde_json::from_str::<HeatmapSpec>("{}").unwrap(), HeatmapSpec::default());
    }

    #[test]
    fn choices_that_do_not_go_together_are_named() {
        let spec = HeatmapSpec { by: By::Team, mode: Mode::Only(State::Prone), ..HeatmapSpec::default() };
        let error = spec.check().unwrap_err().to_string();
        assert_eq!(error, "`only:prone` needs colours by state, not by team");
        let spec = HeatmapSpec { by: By::None, mode: Mode::Panels, ..HeatmapSpec::default() };
        assert!(spec.check().is_err());
        let spec = HeatmapSpec { sigma_units: Some(f64::NAN), ..HeatmapSpec::default() };
        assert!(spec.check().is_err());
        let scale = Scale::root(Weight::Visits, 1.0);
        let spec = HeatmapSpec { normalize: Normalize::FromScale(scale), ..HeatmapSpec::default() };
        assert!(spec.check().is_err(), "a scale of visits is none of time");
    }
}
