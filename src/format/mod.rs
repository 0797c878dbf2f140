//! Tracker text to model and back.
