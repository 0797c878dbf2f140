//! Animated GIF: one palette for all frames, and of each frame only what changed.

use std::borrow::Cow;

use ::gif::{DisposalMethod, Encoder, Repeat};

use super::delta::{Part, changed};
use super::palette::Palette;
use super::{Bounded, Error, Frame, check_size};

/// An animation as a GIF file that runs for ever.
///
/// Every pixel takes the palette's nearest colour, without dithering (dithering flickers). After the first frame
/// only the rectangle that changed is written, unchanged pixels in it as transparent; frames without any change
/// lengthen the one before. Opacity is ignored. Delays are rounded so that their sum stays true to a hundredth of a
/// second, at least 0.02 s each (below that, viewers slow down to 0.1 s).
///
/// # Errors
/// When there is no frame, a frame differs in size, or a side is empty or longer than 65535 pixels.
pub fn gif(frames: impl IntoIterator<Item = Frame>, palette: &mut Palette) -> Result<Vec<u8>, Error> {
    match gif_within(frames, palette, usize::MAX)? {
        Bounded::Whole(file) => Ok(file),
        Bounded::TooLarge { .. } => unreachable!("nothing is larger than any number"),
    }
}

/// The same as [`gif()`], but gives up as soon as the file is larger than `most_bytes`.
///
/// # Errors
/// The same as [`gif()`].
pub fn gif_within(
    frames: impl IntoIterator<Item = Frame>,
    palette: &mut Palette,
    most_bytes: usize,
) -> Result<Bounded, Error> {
    let mut frames = frames.into_iter();
    let first = frames.next().ok_or(Error::NoFrames)?;
    let size = (first.bitmap.width(), first.bitmap.height());
    let side = |side: u32| u16::try_from(side).ok().filter(|side| *side > 0);
    let (Some(width), Some(height)) = (side(size.0), side(size.1)) else {
        return Err(Error::GifSize { width: size.0, height: size.1 });
    };
    let colors = palette.colors().concat();
    let mut encoder = Encoder::new(Vec::new(), width, height, &colors)?;
    encoder.set_repeat(Repeat::Infinite)?;

    let mut animation = Animation {
        width: usize::from(width),
        transparent: palette.colors().len() as u8,
        clock: Clock::default(),
        indices: Vec::new(),
        rgba: Vec::new(),
    };
    let mut pending = animation.whole(&first, palette);
    for (index, frame) in frames.enumerate() {
        check_size(index + 1, &frame.bitmap, size)?;
        match animation.difference(&frame, palette) {
            Some(next) => {
                encoder.write_frame(&pending)?;
                let bytes = encoder.get_ref().len();
                if bytes > most_bytes {
                    return Ok(Bounded::TooLarge { frames: index + 1, bytes });
                }
                pending = next;
                pending.delay = animation.clock.tick(frame.delay_ms);
            }
            None => pending.delay = pending.delay.saturating_add(animation.clock.tick(frame.delay_ms)),
        }
    }
    encoder.write_frame(&pending)?;
    Ok(Bounded::Whole(encoder.into_inner()?))
}

/// What the viewer shows so far.
struct Animation {
    width: usize,
    transparent: u8,
    clock: Clock,
    /// Palette index of each pixel.
    indices: Vec<u8>,
    /// The frame's own colours: pixels that did not change need no look-up.
    rgba: Vec<u8>,
}

impl Animation {
    fn whole(&mut self, frame: &Frame, palette: &mut Palette) -> ::gif::Frame<'static> {
        let (pixels, _) = frame.bitmap.rgba().as_chunks::<4>();
        self.indices = pixels.iter().map(|[r, g, b, _]| palette.nearest([*r, *g, *b])).collect();
        self.rgba = frame.bitmap.rgba().to_vec();
        let height = pixels.len().checked_div(self.width).unwrap_or(0);
        let part = Part::whole(self.width, height);
        let mut written = written(part, None, self.indices.clone());
        written.delay = self.clock.tick(frame.delay_ms);
        written
    }

    /// The rectangle of a frame that differs; `None` when nothing does.
    fn difference(&mut self, frame: &Frame, palette: &mut Palette) -> Option<::gif::Frame<'static>> {
        let (before, _) = self.rgba.as_chunks::<4>();
        let (after, _) = frame.bitmap.rgba().as_chunks::<4>();
        let part = changed(before, after, self.width)?;
        let mut pixels = Vec::with_capacity(part.width * part.height);
        let mut differs = false;
        for row in part.rows(self.width) {
            for ((before, after), index) in
                before[row.clone()].iter().zip(&after[row.clone()]).zip(&mut self.indices[row])
            {
                let now =
                    if before == after { *index } else { palette.nearest([after[0], after[1], after[2]]) };
                if now == *index {
                    pixels.push(self.transparent);
                } else {
                    *index = now;
                    pixels.push(now);
                    differs = true;
                }
            }
        }
        self.rgba.copy_from_slice(frame.bitmap.rgba());
        differs.then(|| written(part, Some(self.transparent), pixels))
    }
}

fn written(part: Part, transparent: Option<u8>, pixels: Vec<u8>) -> ::gif::Frame<'static> {
    ::gif::Frame {
        left: part.left as u16,
        top: part.top as u16,
        width: part.width as u16,
        height: part.height as u16,
        transparent,
        dispose: DisposalMethod::Keep,
        buffer: Cow::Owned(pixels),
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
