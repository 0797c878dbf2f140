//! Which pixels of a map's picture a panel shows that has a window of the world.

use std::ops::Range;

use crate::geom::WorldRect;

/// A window in pixels of a picture of an extent: its left and right, its top and bottom.
pub(super) fn spans(
    extent: &WorldRect,
    window: &WorldRect,
    (width, height): (usize, usize),
) -> [(f64, f64); 2] {
    // y runs down from the north edge.
    let px = (width as f64 / extent.width(), height as f64 / extent.height());
    [
        ((window.min_x() - extent.min_x()) * px.0, (window.max_x() - extent.min_x()) * px.0),
        ((extent.max_y() - window.max_y()) * px.1, (extent.max_y() - window.min_y()) * px.1),
    ]
}

/// How wide the blur is whose difference is a base map's detail, in the picture's pixels, and how much coarser a grid it may have:
/// so wide a blur loses nothing by it.
pub(super) fn blur(px_per_panel_px: f64, panel: (u32, u32)) -> (f64, usize) {
    let sigma = f64::from(panel.0.max(panel.1)) / 90.0 * px_per_panel_px;
    (sigma, ((sigma / 2.5) as usize).max(1))
}

/// The columns and rows of a picture of `whole` pixels that a panel's window is made of, its detail's blur included.
pub(super) fn part_around(
    extent: &WorldRect,
    window: &WorldRect,
    whole: (u32, u32),
    panel: (u32, u32),
) -> [Range<u32>; 2] {
    let spans = spans(extent, window, (whole.0 as usize, whole.1 as usize));
    let (sigma, factor) = blur((spans[0].1 - spans[0].0) / f64::from(panel.0), panel);
    // Wider than the blur and any resampling reach; beside the map, as much of its edge.
    let margin = (6.0 * sigma).ceil() + 16.0;
    let range = |span: (f64, f64), whole: u32| {
        // On the coarser grid's lines, so that it is the whole picture's.
        let first = ((span.0 - margin).clamp(0.0, (f64::from(whole) - 2.0 * margin).max(0.0)) as usize
            / factor
            * factor) as u32;
        let end = (span.1 + margin)
            .ceil()
            .clamp((f64::from(first) + 2.0 * margin).min(f64::from(whole)), f64::from(whole));
        first..end as u32
    };
    [range(spans[0], whole.0), range(spans[1], whole.1)]
}

/// The panel pixels whose middle lies on the picture.
pub(super) fn inside(span: (f64, f64), source: usize, target: usize) -> Range<usize> {
    let step = (span.1 - span.0) / target as f64;
    let pixel = |at: f64| ((at - span.0) / step - 0.5).ceil().clamp(0.0, target as f64) as usize;
    pixel(0.0)..pixel(source as f64)
}
