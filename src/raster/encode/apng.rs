//! Animated PNG: full colour, and of each frame only what changed.

use std::cell::RefCell;
use std::io::Write;
use std::rc::Rc;

use ::png::{BitDepth, BlendOp, ColorType, DisposeOp, Encoder, SrgbRenderingIntent, Writer};

use super::delta::changed;
use super::{Animate, Effort, Error, Frame, check_size, encoded};
use crate::raster::Part;
use crate::scene::Bitmap;

/// An animation as an animated PNG file; see [`ApngWriter`].
///
/// # Errors
/// When there is no frame, a frame differs in size or is empty, or a keyword is not 1 … 79 characters of Latin-1.
pub fn apng(
    frames: impl ExactSizeIterator<Item = Frame>,
    texts: &[(&str, &str)],
    effort: Effort,
) -> Result<Vec<u8>, Error> {
    let count = frames.len();
    encoded(frames, |width, height| ApngWriter::new(width, height, count, texts, effort))
}

/// A PNG file that runs for ever; viewers without animation show its first frame.
///
/// After the first frame only the rectangle that changed is written, unchanged pixels in it as transparent, which
/// compresses to almost nothing.
pub struct ApngWriter {
    writer: Writer<Shared>,
    file: Shared,
    size: (u32, u32),
    frames: usize,
    shown: Vec<u8>,
}

impl ApngWriter {
    /// A file that will have `count` frames. `texts` are kept as in [`super::png`].
    ///
    /// # Errors
    /// When a side is empty, there will be no frame, or a keyword is not 1 … 79 characters of Latin-1.
    pub fn new(
        width: u32,
        height: u32,
        count: usize,
        texts: &[(&str, &str)],
        effort: Effort,
    ) -> Result<Self, Error> {
        let file = Shared::default();
        let mut encoder = Encoder::new(file.clone(), width, height);
        encoder.set_color(ColorType::Rgba);
        encoder.set_depth(BitDepth::Eight);
        encoder.set_compression(effort.compression());
        encoder.set_source_srgb(SrgbRenderingIntent::Perceptual);
        encoder.set_animated(u32::try_from(count).unwrap_or(u32::MAX), 0)?;
        for (keyword, text) in texts {
            encoder.add_itxt_chunk((*keyword).to_owned(), (*text).to_owned())?;
        }
        let mut writer = encoder.write_header()?;
        writer.set_dispose_op(DisposeOp::None)?;
        Ok(Self { writer, file, size: (width, height), frames: 0, shown: Vec::new() })
    }
}

impl Animate for ApngWriter {
    fn push(&mut self, picture: &Bitmap, parts: &[Part], delay_ms: u32) -> Result<(), Error> {
        check_size(self.frames, picture, self.size)?;
        let (numerator, denominator) = delay(delay_ms);
        self.writer.set_frame_delay(numerator, denominator)?;
        if self.frames == 0 {
            self.writer.write_image_data(picture.rgba())?;
            self.shown = picture.rgba().to_vec();
        } else {
            let width = self.size.0 as usize;
            let difference = Difference::between(&self.shown, picture.rgba(), width, parts);
            let part = difference.part;
            // The old rectangle must not reach over the edge while one of the two is new.
            self.writer.reset_frame_position()?;
            self.writer.set_frame_dimension(part.width as u32, part.height as u32)?;
            self.writer.set_frame_position(part.left as u32, part.top as u32)?;
            self.writer.set_blend_op(difference.blend)?;
            self.writer.write_image_data(&difference.rgba)?;
            for row in part.rows(width) {
                let bytes = row.start * 4..row.end * 4;
                self.shown[bytes.clone()].copy_from_slice(&picture.rgba()[bytes]);
            }
        }
        self.frames += 1;
        Ok(())
    }

    fn bytes(&self) -> usize {
        self.file.0.borrow().len()
    }

    fn finish(self: Box<Self>) -> Result<Vec<u8>, Error> {
        if self.frames == 0 {
            return Err(Error::NoFrames);
        }
        self.writer.finish()?;
        Ok(self.file.0.take())
    }
}

/// A file in memory whose size can be asked for while it is written.
#[derive(Clone, Default)]
struct Shared(Rc<RefCell<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
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
    fn between(before: &[u8], after: &[u8], width: usize, parts: &[Part]) -> Self {
        let ((before, _), (after, _)) = (before.as_chunks::<4>(), after.as_chunks::<4>());
        // A frame can't be left out: its time has to pass. One pixel is the least there is.
        let part = changed(before, after, width, parts).unwrap_or(Part::whole(1, 1));
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
