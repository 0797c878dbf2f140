//! What was left out, by reason, so that a caption's numbers add up to the input.

use std::fmt;

/// Why a life or a sample is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DropReason {
    /// A phantom: the player waited in limbo and the tracker recorded the team-mate being watched.
    Limbo,
    /// A spectator.
    Spectator,
    /// The last point of a survivor: the intermission camera, not the player.
    CameraEnd,
    /// Coordinates that are no numbers or lie outside any world.
    Damaged,
    /// Samples that go back in time.
    OutOfOrder,
    /// The same life written twice.
    Duplicate,
    /// After the same player's next spawn.
    Overlap,
    /// Wounded, waiting for a medic: not moving by themselves.
    Wounded,
    /// A life without any usable sample.
    Empty,
    /// A bot, and the filter wants people.
    Bot,
    /// Did not match the filter otherwise.
    Filtered,
    /// Outside the wanted span of the life or round.
    Window,
}

impl DropReason {
    /// Every reason, by index.
    pub const ALL: [Self; 12] = [
        Self::Limbo,
        Self::Spectator,
        Self::CameraEnd,
        Self::Damaged,
        Self::OutOfOrder,
        Self::Duplicate,
        Self::Overlap,
        Self::Wounded,
        Self::Empty,
        Self::Bot,
        Self::Filtered,
        Self::Window,
    ];

    /// The words shown to people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Limbo => "in limbo",
            Self::Spectator => "spectators",
            Self::CameraEnd => "camera at round end",
            Self::Damaged => "damaged",
            Self::OutOfOrder => "out of order",
            Self::Duplicate => "written twice",
            Self::Overlap => "overlapping",
            Self::Wounded => "wounded",
            Self::Empty => "empty",
            Self::Bot => "bots",
            Self::Filtered => "filtered",
            Self::Window => "outside the window",
        }
    }
}

impl fmt::Display for DropReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

/// Lives and samples left out, by reason. Lives used + lives dropped = tracks read, and the same for samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Dropped {
    lives: [u64; DropReason::ALL.len()],
    samples: [u64; DropReason::ALL.len()],
}

impl Dropped {
    /// Whole lives left out for this reason.
    pub fn lives(&self, reason: DropReason) -> u64 {
        self.lives[reason as usize]
    }

    /// Samples left out for this reason, those of whole lives included.
    pub fn samples(&self, reason: DropReason) -> u64 {
        self.samples[reason as usize]
    }

    /// Whole lives left out.
    pub fn total_lives(&self) -> u64 {
        self.lives.iter().sum()
    }

    /// Samples left out.
    pub fn total_samples(&self) -> u64 {
        self.samples.iter().sum()
    }

    /// Reasons that occurred, in a fixed order: reason, lives, samples.
    pub fn iter(&self) -> impl Iterator<Item = (DropReason, u64, u64)> + '_ {
        let all = DropReason::ALL.into_iter().map(|r| (r, self.lives(r), self.samples(r)));
        all.filter(|&(_, lives, samples)| lives + samples > 0)
    }

    /// Adds another count.
    pub fn merge(&mut self, other: &Self) {
        for i in 0..DropReason::ALL.len() {
            self.lives[i] += other.lives[i];
            self.samples[i] += other.samples[i];
        }
    }

    /// Counts a whole life of `samples` samples as left out.
    pub fn add_life(&mut self, reason: DropReason, samples: usize) {
        self.lives[reason as usize] += 1;
        self.samples[reason as usize] += samples as u64;
    }

    pub(crate) fn add_samples(&mut self, reason: DropReason, samples: usize) {
        self.samples[reason as usize] += samples as u64;
    }
}
