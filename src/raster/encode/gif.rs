//! Animated GIF: one palette for all frames, and of each frame only what changed.

use std::borrow::Cow;

use ::gif::{DisposalMethod, Encoder, Repeat};

use super::delta::changed;
use super::lzw::Lzw;
use super::palette::Palette;
use super::{Animate, Error, Frame, check_size, encoded};
use crate::raster::Part;
use crate::scene::Bitmap;

/// An animation as a GIF file; see [`GifWriter`].
///
/// # Errors
/// When there is no frame, a frame differs in size, or a side is empty or longer than 65535 pixels.
pub fn gif(frames: impl IntoIterator<Item = Frame>, palette: Palette) -> Result<Vec<u8>, Error> {
    encoded(frames, |width, height| GifWriter::new(width, height, palette))
}

/// A GIF file that runs for ever.
///
/// Every pixel takes the palette's nearest colour, without dithering (dithering flickers). After the first frame
/// only the rectangle that changed is written, unchanged pixels in it as transparent; frames without any change
/// lengthen the one before. Opacity is ignored. Delays are rounded so that their sum stays true to a hundredth of a
/// second, at least 0.02 s each (below that, viewers slow down to 0.1 s).
pub struct GifWriter {
    encoder: Encoder<Vec<u8>>,
    lzw: Lzw,
    palette: Palette,
    size: (u32, u32),
    frames: usize,
    clock: Clock,
    /// Palette index of each pixel that the viewer shows.
    indices: Vec<u8>,
    /// The last frame's own colours: pixels that did not change need no look-up.
    rgba: Vec<u8>,
    /// The next frame's indices where they differ, transparent elsewhere; transparent all over between frames.
    delta: Vec<u8>,
    /// The rectangle of a frame that is written.
    cut: Vec<u8>,
    pending: Option<::gif::Frame<'static>>,
}

impl GifWriter {
    /// A file without frames yet.
    ///
    /// # Errors
    /// When a side is empty or longer than 65535 pixels.
    pub fn new(width: u32, height: u32, palette: Palette) -> Result<Self, Error> {
        let side = |side: u32| u16::try_from(side).ok().filter(|side| *side > 0);
        let (Some(columns), Some(rows)) = (side(width), side(height)) else {
            return Err(Error::GifSize { width, height });
        };
        let mut encoder = Encoder::new(Vec::new(), columns, rows, &palette.colors().concat())?;
        encoder.set_repeat(Repeat::Infinite)?;
        let pixels = width as usize * height as usize;
        Ok(Self {
            encoder,
            lzw: Lzw::new(),
            size: (width, height),
            frames: 0,
            clock: Clock::default(),
            indices: Vec::new(),
            rgba: Vec::new(),
            delta: vec![palette.colors().len() as u8; pixels],
            cut: Vec::new(),
            pending: None,
            palette,
        })
    }

    /// The index that means "as before".
    fn transparent(&self) -> u8 {
        self.palette.colors().len() as u8
    }

    fn whole(&mut self, picture: &Bitmap) -> ::gif::Frame<'static> {
        let (pixels, _) = picture.rgba().as_chunks::<4>();
        self.indices = pixels.iter().map(|[r, g, b, _]| self.palette.nearest([*r, *g, *b])).collect();
        self.rgba = picture.rgba().to_vec();
        let part = Part::whole(picture.width() as usize, picture.height() as usize);
        written(part, None, self.lzw.encode(&self.indices, None))
    }

    /// The rectangle of a frame that differs; `None` when nothing does.
    fn difference(&mut self, picture: &Bitmap, parts: &[Part]) -> Option<::gif::Frame<'static>> {
        let width = picture.width() as usize;
        let transparent = self.transparent();
        let (before, _) = self.rgba.as_chunks_mut::<4>();
        let (after, _) = picture.rgba().as_chunks::<4>();
        let part = changed(before, after, width, parts)?;
        let mut differs = false;
        for row in parts.iter().flat_map(|part| part.rows(width)) {
            let (before, after) = (&mut before[row.clone()], &after[row.clone()]);
            if before == after {
                continue;
            }
            let (indices, delta) = (&mut self.indices[row.clone()], &mut self.delta[row]);
            for (((before, after), index), delta) in before.iter_mut().zip(after).zip(indices).zip(delta) {
                if before != after {
                    *before = *after;
                    let now = self.palette.nearest([after[0], after[1], after[2]]);
                    if now != *index {
                        (*index, *delta) = (now, now);
                        differs = true;
                    }
                }
            }
        }
        if !differs {
            return None;
        }
        self.cut.clear();
        for row in part.rows(width) {
            let row = &mut self.delta[row];
            self.cut.extend_from_slice(row);
            row.fill(transparent);
        }
        let data = self.lzw.encode(&self.cut, Some(transparent));
        Some(written(part, Some(transparent), data))
    }
}

impl Animate for GifWriter {
    fn push(&mut self, picture: &Bitmap, parts: &[Part], delay_ms: u32) -> Result<(), Error> {
        check_size(self.frames, picture, self.size)?;
        self.frames += 1;
        let next = match &self.pending {
            None => Some(self.whole(picture)),
            Some(_) => self.difference(picture, parts),
        };
        let delay = self.clock.tick(delay_ms);
        match (&mut self.pending, next) {
            (_, Some(mut next)) => {
                next.delay = delay;
                if let Some(pending) = self.pending.replace(next) {
                    self.encoder.write_lzw_pre_encoded_frame(&pending)?;
                }
            }
            (Some(pending), None) => pending.delay = pending.delay.saturating_add(delay),
            (None, None) => {}
        }
        Ok(())
    }

    fn bytes(&self) -> usize {
        self.encoder.get_ref().len()
    }

    fn finish(mut self: Box<Self>) -> Result<Vec<u8>, Error> {
        self.encoder.write_lzw_pre_encoded_frame(&self.pending.ok_or(Error::NoFrames)?)?;
        Ok(self.encoder.into_inner()?)
    }
}

/// A frame of data that is encoded.
fn written(part: Part, transparent: Option<u8>, data: Vec<u8>) -> ::gif::Frame<'static> {
    ::gif::Frame {
        left: part.left as u16,
        top: part.top as u16,
        width: part.width as u16,
        height: part.height as u16,
        transparent,
        dispose: DisposalMethod::Keep,
        buffer: Cow::Owned(data),
        ..::gif::Frame::default()
    }
}

/// Milliseconds to hundredths of a second without drift.
#[derive(Default)]
struct Clock {
    asked_ms: u64,
    told_cs: u64,
}

impl Clock {
    fn tick(&mut self, delay_ms: u32) -> u16 {
        self.asked_ms += u64::from(delay_ms);
        let due = ((self.asked_ms + 5) / 10).saturating_sub(self.told_cs);
        let told = due.clamp(2, u64::from(u16::MAX)) as u16;
        self.told_cs += u64::from(told);
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_do_not_drift() {
        let mut clock = Clock::default();
        let told: u32 = (0..300).map(|_| u32::from(clock.tick(83))).sum();
        assert_eq!(told, 300 * 83 / 10);
        assert_eq!(Clock::default().tick(0), 2);
        assert_eq!(Clock::default().tick(u32::MAX), u16::MAX);
    }
}
