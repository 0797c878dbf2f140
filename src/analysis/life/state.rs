//! What the stance and sprint columns of one file mean.
//!
//! The original tracker tests the wrong bits of `pm_flags`: its stance 2 says "respawned, fire not yet released"
//! (upright) and its stance 1 says "ducked", which the engine also sets for a prone player. Its sprint column was
//! "in limbo" until 2026-02-13 and is inferred from stamina since. Our own module (`state_source=eflags+stamina`)
//! writes the true stance, and infers sprint just so, because the engine does not show it.

use std::fmt;

use crate::model::{Family, Round, Sample, StateSource};

/// How a state is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Provenance {
    /// Read from the engine.
    Recorded,
    /// Inferred by the tracker from something else.
    Derived,
    /// Not in the file: unknown, which is not zero.
    NotRecorded,
}

impl fmt::Display for Provenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Recorded => "recorded",
            Self::Derived => "derived",
            Self::NotRecorded => "not recorded",
        })
    }
}

/// What the file can tell about a player who is not upright.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LowMeaning {
    /// Crouch and prone are told apart.
    Crouch,
    /// One code for both: crouching *or* prone.
    CrouchOrProne,
}

/// How a player moves, as pictures show it. Lower index = slower.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// Lying.
    Prone,
    /// Crouching.
    Crouch,
    /// Crouching or prone; the file cannot say which.
    Low,
    /// Upright: running, walking or standing (and sprinting, where sprint is not recorded).
    Upright,
    /// Sprinting.
    Sprint,
    /// The file does not say.
    Unknown,
}

impl State {
    /// Every state, by index.
    pub const ALL: [Self; 6] =
        [Self::Prone, Self::Crouch, Self::Low, Self::Upright, Self::Sprint, Self::Unknown];

    /// Position in [`State::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }

    /// One word, where [`State::label`] does not fit.
    pub const fn short_label(self) -> &'static str {
        match self {
            Self::Prone => "prone",
            Self::Crouch => "crouch",
            Self::Low => "low",
            Self::Upright => "run",
            Self::Sprint => "sprint",
            Self::Unknown => "?",
        }
    }

    /// The word shown to people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Prone => "prone",
            Self::Crouch => "crouch",
            Self::Low => "low (crouch or prone)",
            Self::Upright => "run / stand",
            Self::Sprint => "sprint",
            Self::Unknown => "not recorded",
        }
    }
}

/// First day on which the original tracker 4.2 inferred sprint from stamina.
const SPRINT_SINCE: jiff::civil::Date = jiff::civil::date(2026, 2, 13);
/// A player cannot be faster than this on the ground without sprinting (run is 256 u/s).
const FASTER_THAN_RUN_UPS: f32 = 270.0;

/// What the stance and sprint columns of one file mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StateDecoder {
    /// How stance is known.
    pub stance: Provenance,
    /// How sprint is known.
    pub sprint: Provenance,
    /// Whether crouch and prone are told apart.
    pub low: LowMeaning,
}

impl StateDecoder {
    /// Decides from the header, and for tracker 4.2 of February 2026, whose shape did not change when sprint began
    /// to work, from the file's date and the samples themselves.
    pub fn of(round: &Round) -> Self {
        match &round.meta.state_source {
            StateSource::EflagsStamina => {
                Self { stance: Provenance::Recorded, sprint: Provenance::Derived, low: LowMeaning::Crouch }
            }
            StateSource::PmFlags if round.meta.family == Family::V3 => Self::unknown(),
            StateSource::PmFlags => Self {
                stance: Provenance::Recorded,
                sprint: pm_flags_sprint(round),
                low: LowMeaning::CrouchOrProne,
            },
            StateSource::Other(_) => Self::unknown(),
        }
    }

    fn unknown() -> Self {
        Self {
            stance: Provenance::NotRecorded,
            sprint: Provenance::NotRecorded,
            low: LowMeaning::CrouchOrProne,
        }
    }

    /// The state at a sample. A terminal sample's columns are not measured by most trackers: [`State::Unknown`].
    pub fn at(self, sample: &Sample) -> State {
        if sample.event.is_terminal() {
            return State::Unknown;
        }
        match self.posture(sample) {
            State::Upright if self.sprinted_before(sample) => State::Sprint,
            posture => posture,
        }
    }

    /// The state between two neighbouring samples.
    ///
    /// Stance is an instant's, so the segment has its first sample's. The sprint flag says that stamina fell since
    /// the tick before, so it belongs to the interval that *ends* at its sample: a segment is a sprint when its
    /// second sample says so, whatever the stance was when it began. (The original tracker writes 0 into a terminal
    /// sample without measuring; the end of such a life counts as its stance.) Thus the time in [`State::Sprint`]
    /// is exactly the time behind `sprint_percentage`.
    pub fn between(self, from: &Sample, to: &Sample) -> State {
        if self.sprinted_before(to) { State::Sprint } else { self.posture(from) }
    }

    fn sprinted_before(self, sample: &Sample) -> bool {
        self.sprint != Provenance::NotRecorded && sample.sprint == 1
    }

    fn posture(self, sample: &Sample) -> State {
        match (self.stance, self.low, sample.stance) {
            (Provenance::NotRecorded, ..) => State::Unknown,
            // Code 2 of the original tracker is the respawn hold: upright, and never prone.
            (_, LowMeaning::CrouchOrProne, 0 | 2) | (_, LowMeaning::Crouch, 0) => State::Upright,
            (_, LowMeaning::CrouchOrProne, 1) => State::Low,
            (_, LowMeaning::Crouch, 1) => State::Crouch,
            (_, LowMeaning::Crouch, 2) => State::Prone,
            _ => State::Unknown,
        }
    }
}

/// Sprint in a file of the original tracker.
fn pm_flags_sprint(round: &Round) -> Provenance {
    match round.meta.family {
        Family::V3 | Family::V4_0 | Family::V4_1 => Provenance::NotRecorded,
        Family::V4_2Early => {
            let living = || {
                let samples = round.tracks.iter().flat_map(|track| &track.samples);
                samples.filter(|s| s.health > 0 && !s.event.is_terminal())
            };
            let dated = round.meta.stamp.is_some_and(|stamp| stamp.date() >= SPRINT_SINCE);
            if living().any(|s| s.sprint == 1) {
                Provenance::Derived
            } else if dated && !living().any(|s| s.speed_ups > FASTER_THAN_RUN_UPS) {
                // Recent enough, and no player was fast: they really did not sprint.
                Provenance::Derived
            } else {
                Provenance::NotRecorded
            }
        }
        Family::V4_2Late | Family::V5Early | Family::V5_0 | Family::V6 | Family::V6_11 => Provenance::Derived,
    }
}
