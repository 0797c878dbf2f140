//! Base maps that were drawn before: the pictures of a report share them.
//!
//! No lock is held while one is drawn: a thread that waits for its rows to be drawn takes up other work, which may be a
//! picture that needs the same base map. Two threads that come first at once draw it twice.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use image::RgbaImage;

use super::base::{BaseMap, BaseSource, BaseStyle, Planes};
use crate::geom::WorldRect;

/// Base maps of one map, style and ground: its picture in tones, and what was drawn of it, by window and size.
#[derive(Debug)]
pub struct BaseMaps {
    toned: OnceLock<Arc<Planes>>,
    drawn: Mutex<BTreeMap<[u64; 6], Arc<BaseMap>>>,
    /// All are forgotten where they would be more, pixels.
    most_px: u64,
}

/// So many base maps are kept; a report of a map needs fewer: its sizes of whole maps, panels and locators, and what lies
/// around its spawns.
const MOST_KEPT: usize = 48;

/// A larger picture is not kept in tones, pixels: they take three times its memory.
const MOST_TONED_PX: usize = 1 << 22;

/// A larger base map is not kept, pixels, and no more in all, of the whole map and of a floor: whoever asks a server for many
/// sizes must not fill its memory.
const MOST_KEPT_PX: u64 = 1 << 21;
const MOST_KEPT_IN_ALL_PX: u64 = 1 << 24;
const MOST_KEPT_OF_FLOOR_PX: u64 = 1 << 22;

/// Whether other pictures will show the same window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keep {
    /// Yes: it is the whole map, or what lies around a spawn, which is the same in most rounds.
    Yes,
    /// No: it is a part that follows one life.
    No,
}

impl Default for BaseMaps {
    fn default() -> Self {
        Self { toned: OnceLock::new(), drawn: Mutex::default(), most_px: MOST_KEPT_IN_ALL_PX }
    }
}

impl BaseMaps {
    /// Of a floor's panels, which are small: fewer are kept.
    pub(crate) fn of_panels() -> Self {
        Self { most_px: MOST_KEPT_OF_FLOOR_PX, ..Self::default() }
    }

    /// The base map of a window at a size: as it was drawn before, else drawn now.
    pub(crate) fn get(
        &self,
        style: BaseStyle,
        source: &BaseSource<'_>,
        window: &WorldRect,
        (width, height): (u32, u32),
        keep: Keep,
    ) -> Arc<BaseMap> {
        let toned = |picture: &RgbaImage, style| {
            if picture.as_raw().len() / 4 > MOST_TONED_PX {
                return Planes::toned(picture, style);
            }
            let known = self.toned.get().map(Arc::clone);
            known.unwrap_or_else(|| {
                let made = Planes::toned(picture, style);
                Arc::clone(self.toned.get_or_init(|| made))
            })
        };
        let draw = || Arc::new(BaseMap::draw_toned(style, source, window, (width, height), toned));
        let pixels = u64::from(width) * u64::from(height);
        if keep == Keep::No || pixels > MOST_KEPT_PX {
            return draw();
        }
        let bits = |value: f64| value.to_bits();
        let key = [
            bits(window.min_x()),
            bits(window.min_y()),
            bits(window.max_x()),
            bits(window.max_y()),
            u64::from(width),
            u64::from(height),
        ];
        let lock = || self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(&key) {
            return Arc::clone(known);
        }
        let made = draw();
        let mut drawn = lock();
        let kept: u64 = drawn.keys().map(|[.., width, height]| width * height).sum();
        if drawn.len() >= MOST_KEPT || kept + pixels > self.most_px {
            // What is still asked for is soon among them again.
            drawn.clear();
        }
        drawn.insert(key, Arc::clone(&made));
        made
    }
}
