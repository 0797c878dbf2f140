//! Base maps that were drawn before: the pictures of a report share them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::base::BaseMap;
use crate::geom::WorldRect;

/// Base maps of one map, style and ground, by window and size.
#[derive(Debug, Default)]
pub struct BaseMaps {
    drawn: Mutex<BTreeMap<[u64; 6], Arc<BaseMap>>>,
}

/// So many base maps are kept; a report needs fewer.
const MOST_KEPT: usize = 8;

impl BaseMaps {
    /// The base map of a window at a size: as it was drawn before, else as `draw` makes it.
    pub(crate) fn get(
        &self,
        window: &WorldRect,
        width: u32,
        height: u32,
        draw: impl FnOnce() -> BaseMap,
    ) -> Arc<BaseMap> {
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
        let made = Arc::new(draw());
        let mut drawn = lock();
        if drawn.len() < MOST_KEPT {
            drawn.insert(key, Arc::clone(&made));
        }
        made
    }
}
