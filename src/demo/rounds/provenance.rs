//! How the values of a recorded round are known.

/// How a value is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {
    /// From the player's own state: the recorder, whom the recorder follows, or anyone in a TV or server demo.
    Recorded,
    /// From the player's body, which was in the recorder's view.
    Seen,
    /// From the list of teammates that the server sends once a second, in whole units.
    Coarse,
    /// Not known at that time.
    NotVisible,
}

impl Source {
    /// The word shown to people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Recorded => "recorded",
            Self::Seen => "seen",
            Self::Coarse => "coarse",
            Self::NotVisible => "not visible",
        }
    }
}

/// How the values of one sample are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SampleSource {
    /// The place; motion, view, weapon and stance too, except that [`Source::Coarse`] knows of the place alone and
    /// repeats the last known weapon and stance.
    pub place: Source,
    /// Health.
    pub health: Source,
}

impl SampleSource {
    /// All of it from the player's own state.
    pub(in crate::demo) const RECORDED: Self = Self { place: Source::Recorded, health: Source::Recorded };
}

/// How one life is known; the sources are in the order of the life's samples.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LifeSource {
    /// The player's slot on the server.
    pub slot: u8,
    /// Whether the life's beginning is its spawn. Otherwise it is the moment from which on the player was visible.
    pub from_spawn: bool,
    /// One for each sample.
    pub samples: Vec<SampleSource>,
}
