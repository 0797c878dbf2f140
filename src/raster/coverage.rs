//! Coverage: how much of each pixel a shape or a text fills.

use super::canvas::{Band, Window};
use crate::scene::Color;

/// Coverage bytes over a window.
#[derive(Debug)]
pub(super) struct Coverage {
    window: Window,
    bytes: Vec<u8>,
}

impl Coverage {
    /// A coverage of as many bytes as the window has pixels, row by row.
    pub fn new(window: Window, bytes: Vec<u8>) -> Self {
        debug_assert_eq!(bytes.len(), window.width() * window.height(), "one byte for each pixel");
        Self { window, bytes }
    }

    pub fn empty(window: Window) -> Self {
        Self::new(window, vec![0; window.width() * window.height()])
    }

    pub fn window(&self) -> Window {
        self.window
    }

    /// How much room it takes, bytes.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// Sets a byte, counted from the window's corner; one outside of it is left out.
    pub fn set(&mut self, x: u32, y: u32, byte: u8) {
        let width = self.window.width();
        if let Some(place) = self.bytes.get_mut(y as usize * width + x as usize) {
            *place = byte;
        }
    }

    /// The same without the empty rows and columns round it.
    #[must_use]
    pub fn trimmed(&self) -> Self {
        let width = self.window.width();
        let mut window = Window::new(i32::MAX, i32::MAX, i32::MIN, i32::MIN);
        for (y, row) in (self.window.top..).zip(self.bytes.chunks_exact(width.max(1))) {
            let Some(first) = row.iter().position(|byte| *byte > 0) else { continue };
            let last = row.iter().rposition(|byte| *byte > 0).unwrap_or(first);
            window = Window {
                left: window.left.min(self.window.left + first as i32),
                top: window.top.min(y),
                right: window.right.max(self.window.left + last as i32 + 1),
                bottom: y + 1,
            };
        }
        let mut trimmed = Self::empty(if window.is_empty() { Window::new(0, 0, 0, 0) } else { window });
        trimmed.join(self, (0, 0), u8::max);
        trimmed
    }

    /// Lays a colour over `window`, which must be a part of the coverage's own after it was moved by (`x`, `y`).
    pub fn draw(&self, band: &mut Band, window: Window, (x, y): (i32, i32), color: Color) {
        let own = self.window.moved(x, y);
        for y in window.top..window.bottom {
            let start = (y - own.top) as usize * own.width() + (window.left - own.left) as usize;
            band.cover(y, window.left, &self.bytes[start..start + window.width()], color);
        }
    }

    /// Joins another coverage, moved by (`x`, `y`), to this one, byte by byte.
    pub fn join(&mut self, other: &Self, (x, y): (i32, i32), join: fn(u8, u8) -> u8) {
        let moved = other.window.moved(x, y);
        let shared = moved.intersect(self.window);
        if shared.is_empty() {
            return;
        }
        for row in shared.top..shared.bottom {
            let from = (row - moved.top) as usize * moved.width() + (shared.left - moved.left) as usize;
            let to = (row - self.window.top) as usize * self.window.width()
                + (shared.left - self.window.left) as usize;
            let target = &mut self.bytes[to..to + shared.width()];
            for (byte, add) in target.iter_mut().zip(&other.bytes[from..from + shared.width()]) {
                *byte = join(*byte, *add);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_trimmed_covers_the_same() {
        let mut wide = Coverage::empty(Window::new(-3, -2, 5, 4));
        wide.set(2, 1, 7);
        wide.set(4, 3, 9);
        let tight = wide.trimmed();
        assert_eq!(tight.window(), Window::new(-1, -1, 2, 2));
        assert_eq!(tight.bytes, [7, 0, 0, 0, 0, 0, 0, 0, 9]);
        assert_eq!(Coverage::empty(Window::new(3, 3, 9, 9)).trimmed().size(), 0);
    }
}
