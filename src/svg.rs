//! Scene to SVG text.
