//! From snapshots to rounds: split by map, restart, warm-up and intermission; paused time left out.

mod carries;
mod engagements;
mod header;
mod heat;
mod kill;
mod life;
mod lives;
mod open_round;
mod provenance;
mod recorder;
mod roster;
mod sight;

pub use kill::{Kill, Party, multi_kills};
pub(super) use open_round::RoundParts;
pub use provenance::{LifeSource, SampleSource, Source};
pub(super) use recorder::Recorder;
pub use sight::{Sight, Spans};
pub(super) use sight::{joined as joined_sights, recorder_view};
