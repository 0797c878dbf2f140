//! The simulated session: what it plays, and what its files say.

mod evening;
mod files;
mod movement;
mod original;
mod shipped;
