//! A simulated session on the demo map: believable tracker files to try everything with.
