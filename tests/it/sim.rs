//! The simulated session: what it plays, and what its files say.

mod files;
mod movement;
mod original;
mod session;
mod shipped;
