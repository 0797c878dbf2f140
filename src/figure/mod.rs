//! What to draw: from tracks to a scene.
