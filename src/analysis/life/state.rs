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
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum State {
    /// Lying.
    Prone,
    /// Crouching.
    Crouch,
    /// Crouching or prone; the file cannot say which.
    Low,
    /// Upright: running, walking or standing (and sprinting, where sprint is not recorded).
    #[cfg_attr(feature = "cli", value(aliases = ["run", "stand"]))]
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
/// No player is faster than this on the ground without sprinting (run is 256 u/s).
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
    /// Decides from the header and from the samples themselves ([`StateAudit`]).
    pub fn of(round: &Round) -> Self {
        StateAudit::of(round).decoder
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

/// What a file's stance and sprint columns are worth, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StateAudit {
    /// What the columns mean.
    pub decoder: StateDecoder,
    /// Why stance is not recorded, where the header promises that it is.
    pub stance_doubt: Option<StateDoubt>,
    /// The same of sprint.
    pub sprint_doubt: Option<StateDoubt>,
}

/// Why a column of a file is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StateDoubt {
    /// Sprint is 0 throughout, while so many of so many samples are faster than a run.
    FastWithoutSprint {
        /// Samples above 270 u/s.
        fast: usize,
        /// Samples of living players.
        samples: usize,
    },
    /// Stance is the same in so many samples, in which at least the first after each spawn should differ.
    ConstantStance {
        /// The value.
        value: u8,
        /// Samples of living players.
        samples: usize,
    },
}

impl fmt::Display for StateDoubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FastWithoutSprint { fast, samples } => write!(
                f,
                "sprint is 0 in all of {samples} samples, but {fast} of them are faster than a run: it was not recorded"
            ),
            Self::ConstantStance { value, samples } => {
                write!(f, "stance is {value} in all of {samples} samples: it was not recorded")
            }
        }
    }
}

/// More than one sample in so many above running speed cannot be knock-back and strafe jumps alone.
const FAST_SHARE: usize = 100;
/// Fewer samples tell nothing of their speeds.
const FEWEST_FOR_SPRINT: usize = 100;
/// So many samples cannot all have one stance: the original tracker sets 2 at every spawn.
const FEWEST_FOR_STANCE: usize = 1_000;

impl StateAudit {
    /// Looks at the header, and for what it promises at the samples.
    pub fn of(round: &Round) -> Self {
        let mut decoder = promised(round);
        let (mut stance_doubt, mut sprint_doubt) = (None, None);
        if decoder.sprint == Provenance::NotRecorded && decoder.stance == Provenance::NotRecorded {
            return Self { decoder, stance_doubt, sprint_doubt };
        }
        let seen = Seen::of(round);
        // Our own module reads the engine's own stance, and players may stand for a whole round.
        if round.meta.state_source == StateSource::PmFlags
            && let Some(value) = seen.stance
            && seen.samples >= FEWEST_FOR_STANCE
        {
            decoder.stance = Provenance::NotRecorded;
            stance_doubt = Some(StateDoubt::ConstantStance { value, samples: seen.samples });
        }
        let is_early = round.meta.family == Family::V4_2Early;
        let too_fast = seen.samples >= FEWEST_FOR_SPRINT && seen.fast * FAST_SHARE > seen.samples;
        if decoder.sprint == Provenance::Derived && !seen.sprint && (too_fast || (is_early && seen.fast > 0))
        {
            decoder.sprint = Provenance::NotRecorded;
            if too_fast {
                sprint_doubt = Some(StateDoubt::FastWithoutSprint { fast: seen.fast, samples: seen.samples });
            }
        }
        // Tracker 4.2 of February 2026 did not change its shape when sprint began to work.
        let dated = round.meta.stamp.is_some_and(|stamp| stamp.date() >= SPRINT_SINCE);
        if is_early && !dated && !seen.sprint {
            decoder.sprint = Provenance::NotRecorded;
        }
        Self { decoder, stance_doubt, sprint_doubt }
    }

    /// The doubts, in words.
    pub fn doubts(&self) -> impl Iterator<Item = StateDoubt> {
        [self.stance_doubt, self.sprint_doubt].into_iter().flatten()
    }
}

/// What a tracker promises by its header.
fn promised(round: &Round) -> StateDecoder {
    let sprint = match round.meta.family {
        Family::V3 | Family::V4_0 | Family::V4_1 => Provenance::NotRecorded,
        _ => Provenance::Derived,
    };
    match &round.meta.state_source {
        StateSource::EflagsStamina => StateDecoder {
            stance: Provenance::Recorded,
            sprint: Provenance::Derived,
            low: LowMeaning::Crouch,
        },
        StateSource::PmFlags if round.meta.family != Family::V3 => {
            StateDecoder { stance: Provenance::Recorded, sprint, low: LowMeaning::CrouchOrProne }
        }
        StateSource::PmFlags | StateSource::Other(_) => StateDecoder::unknown(),
    }
}

/// What the samples of living players show.
struct Seen {
    samples: usize,
    /// Whether there is any sprint at all.
    sprint: bool,
    /// Samples faster than a run.
    fast: usize,
    /// The stance, when it is always the same.
    stance: Option<u8>,
}

impl Seen {
    fn of(round: &Round) -> Self {
        let mut seen = Self { samples: 0, sprint: false, fast: 0, stance: None };
        let mut stances = [false; 256];
        for track in &round.tracks {
            for sample in track.samples.iter().filter(|s| !s.is_down() && !s.event.is_terminal()) {
                seen.samples += 1;
                seen.sprint |= sample.sprint == 1;
                seen.fast += usize::from(sample.speed_ups > FASTER_THAN_RUN_UPS);
                stances[usize::from(sample.stance)] = true;
            }
        }
        let mut found = (0..=u8::MAX).filter(|&stance| stances[usize::from(stance)]);
        seen.stance = found.next().filter(|_| found.next().is_none());
        seen
    }
}
