//! Video: H.264 in an MP4 file, for players that show no GIF or ask for fewer bytes.

mod mp4;
mod yuv;

use openh264::OpenH264API;
use openh264::encoder::{
    BitRate, Complexity, Encoder, EncoderConfig, FrameRate, FrameType, IntraFramePeriod, Profile, QpRange,
    RateControlMode, UsageType, VuiConfig,
};

use super::{Animate, Error, check_size};
use crate::raster::Part;
use crate::scene::Bitmap;
use mp4::Track;
use yuv::Planes;

/// Seconds between pictures that need no other one: where a player may jump to.
const KEY_SECONDS: u32 = 5;
/// Longest and shortest side that the encoder takes, pixels.
const LONGEST: u32 = 3840;
const SHORT_SIDE: u32 = 2160;
const LEAST: u32 = 16;
/// Fewer frames a second make the encoder's buffer model overflow.
const MOST_FPS: u32 = 60;

/// How exactly pixels are kept: H.264's quantiser. Six more halve the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quality(u8);

impl Quality {
    /// Small text stays sharp.
    pub const BEST: Self = Self(24);
    /// Edges shimmer, names can still be read.
    pub const LEAST: Self = Self(36);

    /// The quality that makes a file about `excess` times smaller; [`Self::LEAST`] at the most.
    #[must_use]
    pub fn reduced(self, excess: f64) -> Self {
        let steps = (6.0 * libm::log2(excess.max(1.0))).ceil().clamp(1.0, 30.0) as u8;
        Self((self.0 + steps).min(Self::LEAST.0))
    }
}

/// An MP4 file of H.264 video: 4:2:0, constant frame rate, without sound, its index before its pictures.
///
/// Colours are BT.709 in the limited range. An odd side gets a copy of its last row or column. A frame's delay is rounded
/// to whole frames, at least one. One thread encodes, so that the same pictures give the same bytes.
pub struct VideoWriter {
    encoder: Encoder,
    size: (u32, u32),
    frames_per_second: u32,
    frames: usize,
    planes: Planes,
    track: Track,
}

impl VideoWriter {
    /// A file without frames yet.
    ///
    /// # Errors
    /// When a side is shorter than 16 pixels, one is longer than 3840 or both than 2160, or there are more than 60 frames a
    /// second, or none.
    pub fn new(width: u32, height: u32, frames_per_second: u32, quality: Quality) -> Result<Self, Error> {
        let (short, long) = (width.min(height), width.max(height));
        if !(LEAST..=SHORT_SIDE).contains(&short)
            || long > LONGEST
            || !(1..=MOST_FPS).contains(&frames_per_second)
        {
            return Err(Error::VideoSize { width, height, frames_per_second });
        }
        let planes = Planes::new(width as usize, height as usize);
        let config = EncoderConfig::new()
            .usage_type(UsageType::CameraVideoRealTime)
            .profile(Profile::Baseline)
            .complexity(Complexity::Low)
            // With one quantiser allowed, no control of the rate remains, and the encoder says nothing about it on stderr.
            .rate_control_mode(RateControlMode::Bufferbased)
            .qp(QpRange::new(quality.0, quality.0))
            .bitrate(BitRate::from_bps(2_000_000))
            .max_frame_rate(FrameRate::from_hz(frames_per_second as f32))
            .intra_frame_period(IntraFramePeriod::from_num_frames(KEY_SECONDS * frames_per_second))
            .skip_frames(false)
            .scene_change_detect(false)
            .adaptive_quantization(false)
            .background_detection(true)
            .num_threads(1)
            .vui(VuiConfig::bt709());
        let encoder = Encoder::with_api_config(OpenH264API::from_source(), config)?;
        let track = Track::new(planes.width() as u32, planes.height() as u32, frames_per_second);
        Ok(Self { encoder, size: (width, height), frames_per_second, frames: 0, planes, track })
    }

    /// From one frame that needs no other one to the next.
    pub fn frames_between_keys(frames_per_second: u32) -> usize {
        (KEY_SECONDS * frames_per_second) as usize
    }

    /// Encodes what the planes hold.
    fn encode(&mut self) -> Result<(), Error> {
        let ms = self.track.frames() as u64 * 1000 / u64::from(self.frames_per_second);
        let stream = self.encoder.encode_at(&self.planes, openh264::Timestamp::from_millis(ms))?;
        let key = stream.frame_type() == FrameType::IDR;
        let layers = (0..stream.num_layers()).filter_map(|layer| stream.layer(layer));
        let mut units: Vec<Vec<u8>> = Vec::new();
        for layer in layers {
            units.extend((0..layer.nal_count()).filter_map(|unit| layer.nal_unit(unit).map(<[u8]>::to_vec)));
        }
        self.track.push(units.iter().map(Vec::as_slice), key);
        Ok(())
    }
}

impl Animate for VideoWriter {
    fn push(&mut self, picture: &Bitmap, parts: &[Part], delay_ms: u32) -> Result<(), Error> {
        check_size(self.frames, picture, self.size)?;
        let whole = [Part::whole(picture.width() as usize, picture.height() as usize)];
        self.planes.take(picture, if self.frames == 0 { &whole } else { parts });
        self.frames += 1;
        let frames = (u64::from(delay_ms) * u64::from(self.frames_per_second) + 500) / 1000;
        for _ in 0..frames.max(1) {
            self.encode()?;
        }
        Ok(())
    }

    fn bytes(&self) -> usize {
        self.track.bytes()
    }

    fn finish(self: Box<Self>) -> Result<Vec<u8>, Error> {
        if self.frames == 0 {
            return Err(Error::NoFrames);
        }
        self.track.finish().ok_or(Error::VideoLength)
    }
}

#[cfg(test)]
mod tests {
    use openh264::decoder::Decoder;
    use openh264::formats::YUVSource;

    use super::*;
    use crate::raster::Film;
    use crate::scene::{Color, Item, PixelRect};

    fn square(x: f32) -> Item {
        let rect = PixelRect::new(x, 30.0, 20.0, 20.0);
        Item::Rect { rect, radius: 0.0, fill: Some(Color::hex(0xff_ffff)), stroke: None }
    }

    #[test]
    fn a_decoder_shows_what_was_pushed() {
        let mut film = Film::new(97, 80, Color::hex(0x20_3040)).unwrap();
        let mut writer = VideoWriter::new(97, 80, 10, Quality::BEST).unwrap();
        for x in [0.0, 40.0, 70.0] {
            film.draw(Vec::new(), &[square(x)]);
            writer.push(film.picture(), film.changed(), 200).unwrap();
        }
        assert_eq!(writer.track.frames(), 6, "0.2 s at ten a second are two frames");
        let mut decoder = Decoder::new().unwrap();
        let units = writer.track.units();
        let mut shown = Vec::new();
        for unit in units {
            if let Some(picture) = decoder.decode(&unit).unwrap() {
                let luma = |x: usize| picture.y()[40 * picture.strides().0 + x];
                assert_eq!(picture.dimensions(), (98, 80));
                shown.push([10, 50, 80].map(|x| luma(x) > 200));
            }
        }
        let (a, b, c) = ([true, false, false], [false, true, false], [false, false, true]);
        assert_eq!(shown, [a, a, b, b, c, c]);
    }

    #[test]
    fn what_the_encoder_has_no_room_for_is_refused() {
        for (width, height, fps) in
            [(15, 100, 10), (4000, 100, 10), (2200, 2200, 10), (100, 100, 0), (100, 100, 61)]
        {
            let refused = VideoWriter::new(width, height, fps, Quality::BEST).err().unwrap();
            assert!(
                refused.to_string().contains(&format!("{width} x {height} pixels at {fps}")),
                "{refused}"
            );
        }
        let empty = Box::new(VideoWriter::new(100, 100, 10, Quality::BEST).unwrap());
        assert!(matches!(empty.finish(), Err(Error::NoFrames)));
    }

    #[test]
    fn quality_falls_with_the_excess_and_has_an_end() {
        assert_eq!(Quality(24).reduced(2.0), Quality(30));
        assert_eq!(Quality(24).reduced(1.01), Quality(25));
        assert_eq!(Quality(24).reduced(100.0), Quality::LEAST);
        assert_eq!(Quality(24).reduced(f64::INFINITY), Quality::LEAST);
    }
}
