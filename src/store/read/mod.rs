//! Out of the store: rounds as they were read, tables of figures, what there is.

pub(super) mod dump;
pub(super) mod load;
pub(super) mod stats;
pub(super) mod status;
pub(super) mod verify;
