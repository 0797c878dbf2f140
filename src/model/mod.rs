//! The nouns, as plain data: what a tracker file says, in types.
//!
//! A [`Round`] is what one tracker file holds. It has one [`Track`] per life of a player, each with its timed
//! [`Sample`]s, and the [`Engagement`]s between players. Nothing here judges or derives; `analysis` does. The round
//! itself, sides and classes are at the crate's root: [`Round`], [`Team`],
//! [`Class`]. With the feature `serde` all of it can be written and read as data.
//!
//! ```
//! use proximity::{Rounds, Team};
//!
//! for round in Rounds::open("examples/session")?.to_vec()? {
//!     let axis = round.tracks.iter().filter(|track| track.team == Team::Axis);
//!     let samples: usize = axis.map(|track| track.samples.len()).sum();
//!     assert!(samples > 0, "{} has no samples of Axis", round.meta.map);
//! }
//! # Ok::<(), proximity::Error>(())
//! ```

mod engagement;
mod objective;
pub(crate) mod player;
mod renaming;
pub(crate) mod round;
mod sample;
mod time;
mod track;
mod weapon;
mod word;

pub use engagement::{Attacker, Engagement, EngagementEvent, EngagementPoint, Outcome, WeaponHits};
pub use objective::{ObjectiveDeed, ObjectiveEvent};
pub(crate) use player::{Class, Team};
pub use player::{Guid, GuidKind, PlayerName};
pub(crate) use renaming::Renaming;
pub(crate) use round::Round;
pub use round::{
    Family, HEAT_CELL_UNITS, KillCell, MovementCell, RecordedPart, RecorderView, Recordings, Revive,
    RoundMeta, StateSource,
};
pub use sample::{Event, Sample};
pub use time::{FileStamp, LevelTime};
pub use track::{DeathType, Detail, Tails, Track};
pub use weapon::Weapon;
