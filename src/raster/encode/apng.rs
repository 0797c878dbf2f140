//! Animated PNG: full colour, and of each frame only what changed.

use std::cell::Cell;
use std::io::Write;

use ::png::{BitDepth, BlendOp, ColorType, DisposeOp, Encoder, SrgbRenderingIntent};

use super::delta::{Part, changed};
use super::{Bounded, Effort, Error, Frame, check_size};

/// An animation as a PNG file that runs for ever; viewers without animation show its first frame.
///
/// After the first frame only the rectangle that changed is written, unchanged pixels in it as transparent, which
/// compresses to almost nothing. `texts` are kept as in [`super::png`].
///
/// # Errors
/// When there is no frame, a frame differs in size or is empty, or a keyword is not 1 … 79 characters of Latin-1.
pub fn apng(
    frames: impl ExactSizeIterator<Item = Frame>,
    texts: &[(&str, &str)],
    effort: Effort,
) -> Result<Vec<u8>, Error> {
    match apng_within(frames, texts, effort, usize::MAX)? {
        Bounded::Whole(file) => Ok(file),
        Bounded::TooLarge { .. } => unreachable!("nothing is larger than any number"),
    }
}

/// The same as [`apng`], but gives up as soon as the file is larger than `most_bytes`.
///
/// # Errors
/// The same as [`apng`].
pub fn apng_within(
    frames: impl ExactSizeIterator<Item = Frame>,
    texts: &[(&str, &str)],
    effort: Effort,
    most_bytes: usize,
) -> Result<Bounded, Error> {
    let count = u32::try_from(frames.len()).unwrap_or(u32::MAX);
    let mut frames = frames.enumerate();
    let (_, first) = frames.next().ok_or(Error::NoFrames)?;
    let size = (first.bitmap.width(), first.bitmap.height());
    let mut file = Vec::new();
    let written = Cell::new(0);
    let mut encoder = Encoder::new(Counted { file: &mut file, written: &written }, size.0, size.1);
    encoder.set_color(ColorType::Rgba);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(effort.compression());
    encoder.set_source_srgb(SrgbRenderingIntent::Perceptual);
    encoder.set_animated(count, 0)?;
    for (keyword, text) in texts {
        encoder.add_itxt_chunk((*keyword).to_owned(), (*text).to_owned())?;
    }
    let mut writer = encoder.write_header()?;
    let (numerator, denominator) = delay(first.delay_ms);
    writer.set_frame_delay(numerator, denominator)?;
    writer.set_dispose_op(DisposeOp::None)?;
    writer.write_image_data(first.bitmap.rgba())?;

    let mut shown = first.bitmap;
    for (index, frame) in frames {
        check_size(index, &frame.bitmap, size)?;
        let difference = Difference::between(shown.rgba(), frame.bitmap.rgba(), size.0 as usize);
        let part = difference.part;
        // The old rectangle must not reach over the edge while one of the two is new.
        writer.reset_frame_position()?;
        writer.set_frame_dimension(part.width as u32, part.height as u32)?;
        writer.set_frame_position(part.left as u32, part.top as u32)?;
        writer.set_blend_op(difference.blend)?;
        let (numerator, denominator) = delay(frame.delay_ms);
        writer.set_frame_delay(numerator, denominator)?;
        writer.write_image_data(&difference.rgba)?;
        if written.get() > most_bytes {
            return Ok(Bounded::TooLarge { frames: index + 1, bytes: written.get() });
        }
        shown = frame.bitmap;
    }
    writer.finish()?;
    Ok(Bounded::Whole(file))
}

/// A file in memory whose size can be asked for while it is written.
struct Counted<'a> {
    file: &'a mut Vec<u8>,
    written: &'a Cell<usize>,
}

impl Write for Counted<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.file.extend_from_slice(bytes);
        self.written.set(self.file.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The part of a frame that is written.
struct Difference {
    part: Part,
    blend: BlendOp,
    rgba: Vec<u8>,
}

impl Difference {
    fn between(before: &[u8], after: &[u8], width: usize) -> Self {
        let ((before, _), (after, _)) = (before.as_chunks::<4>(), after.as_chunks::<4>());
        // A frame can't be left out: its time has to pass. One pixel is the least there is.
        let part = changed(before, after, width).unwrap_or(Part::whole(1, 1));
        // Only opaque pixels can be laid over what is shown.
        let opaque = part
            .rows(width)
            .all(|row| before[row.clone()].iter().zip(&after[row]).all(|(a, b)| a == b || b[3] == 255));
        let mut rgba = Vec::with_capacity(part.width * part.height * 4);
        for row in part.rows(width) {
            for (a, b) in before[row.clone()].iter().zip(&after[row]) {
                rgba.extend_from_slice(if opaque && a == b { &[0; 4] } else { b });
            }
        }
        Self { part, blend: if opaque { BlendOp::Over } else { BlendOp::Source }, rgba }
    }
}

/// Milliseconds as the fraction of a second that PNG wants.
fn delay(delay_ms: u32) -> (u16, u16) {
    match u16::try_from(delay_ms) {
        Ok(ms) => (ms, 1000),
        Err(_) => (u16::try_from(delay_ms / 1000).unwrap_or(u16::MAX), 1),
    }
}
