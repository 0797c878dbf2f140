//! Pure functions from the model to what it means.
