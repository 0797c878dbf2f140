//! Scene to pixels.
