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
        if short < LEAST
            || short > SHORT_SIDE
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
