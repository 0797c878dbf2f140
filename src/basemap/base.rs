//! The base map: a picture from above, held back so that what is drawn over it reads.
//!
//! All real pictures, pale or black, end in one band of lightness (percentile stretch in OKLab), nearly grey. What
//! remains of walls and roads is also kept as a [`Detail`] field, which figures add to the colours they lay over the
//! map: that is how a road stays visible under opaque heat.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use image::RgbaImage;
use rayon::prelude::*;

use super::ink;
use super::ink::HeightField;
use super::window::{blur, inside, part_around, spans};
use crate::analysis::Floor;
use crate::geom::WorldRect;
use crate::map::{Picture, WorldMap};
use crate::plane::field::Field;
use crate::plane::oklab::{Curves, Lab};
use crate::plane::resample::Taps;
use crate::scene::{Bitmap, Blend, Item, PixelRect};
use crate::theme;
use crate::theme::Theme;

/// How the base map is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum BaseStyle {
    /// The picture as it is
    Original,
    /// The picture, held back so that the data stands out
    #[default]
    #[cfg_attr(feature = "cli", value(alias = "picture"))]
    Dim,
    /// Pale, for print
    Light,
    /// A plan drawn from the map's geometry
    Overview,
    /// Drawn from the tracks
    Ink,
    /// Transparent
    None,
}

impl BaseStyle {
    /// The word for it in options and recipes.
    pub fn name(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::Dim => "dim",
            Self::Light => "light",
            Self::Overview => "overview",
            Self::Ink => "ink",
            Self::None => "none",
        }
    }

    /// The theme that reads on it.
    pub fn theme(self) -> &'static Theme {
        match self {
            Self::Light => &theme::PAPER,
            Self::Original | Self::Dim | Self::Overview | Self::Ink | Self::None => &theme::DARK,
        }
    }

    /// The picture of a map that it shows, if there is one: on one floor, that floor's own before the map's.
    pub fn picture_of<'m>(self, map: &'m WorldMap, floor: Option<&Floor>) -> Option<&'m Picture> {
        let of_floor = floor.and_then(|floor| map.layers.picture(floor.number));
        match self {
            Self::Ink | Self::None => None,
            // A floor's picture may be the game's own or a drawn one; either shows only that floor.
            Self::Overview => of_floor.or(map.overview.as_ref()).or(map.picture.as_ref()),
            Self::Original | Self::Dim | Self::Light => of_floor.or(map.picture.as_ref()),
        }
    }
}

/// What a base map can be made of. Both cover `extent`, edge to edge.
#[derive(Debug, Clone, Copy)]
pub struct BaseSource<'a> {
    /// The part of the world that the picture and the heights show.
    pub extent: WorldRect,
    /// The map's picture, if there is one.
    pub picture: Option<&'a RgbaImage>,
    /// Where players went and how high it is: for an ink map.
    pub heights: Option<&'a HeightField>,
}

impl<'a> BaseSource<'a> {
    /// What a base map of it turns out to be.
    pub fn kind(&self, style: BaseStyle) -> BaseKind {
        match style {
            BaseStyle::None => BaseKind::Transparent,
            _ if self.picture_for(style).is_some() => BaseKind::Picture,
            _ if self.heights.is_some() => BaseKind::Ink,
            _ => BaseKind::Plain,
        }
    }

    /// The picture, if there is one that this style shows.
    fn picture_for(&self, style: BaseStyle) -> Option<&'a RgbaImage> {
        let has_pixels = |picture: &&RgbaImage| picture.width() > 0 && picture.height() > 0;
        self.picture.filter(|_| style != BaseStyle::Ink).filter(has_pixels)
    }
}

/// What a base map turned out to be, for the caption.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BaseKind {
    /// The map's picture.
    Picture,
    /// Drawn from the tracks.
    Ink,
    /// Plain ground: there was nothing to draw.
    Plain,
    /// Transparent, as asked.
    Transparent,
}

/// A base map in the pixels of a panel.
#[derive(Debug, Clone)]
pub struct BaseMap {
    kind: BaseKind,
    bitmap: Option<Arc<Bitmap>>,
    laid: Option<Laid>,
    /// Made when a figure first asks for it: most do not.
    detail: OnceLock<Detail>,
}

/// Under transparent parts of a picture.
const UNDERLAY: [u8; 3] = [0x11, 0x15, 0x1C];
/// Chroma is multiplied by this, then capped.
const CHROMA: f32 = 0.30;
const CHROMA_CAP: f32 = 0.035;
/// A narrower range of lightness than this is not stretched to the full band.
const LEAST_RANGE: f32 = 0.25;
/// Rows of a panel that are made at a time: enough that the rows between two bands, which are made for both, are few, and
/// no more than what the processor keeps near.
const BAND_ROWS: usize = 128;
/// Ink maps are drawn at most this large before a crop is cut out of them, pixels.
const INK_SIDE: f64 = 4096.0;

/// Lightness that a theme's base map covers, darkest and lightest.
#[derive(Debug, Clone, Copy)]
struct Tone {
    /// Lightness of the picture's 2nd and 98th percentile.
    from: (f32, f32),
    /// Lightness they become.
    to: (f32, f32),
}

impl Tone {
    fn apply(self, lab: Lab) -> Lab {
        let Self { from, to } = self;
        let t = ((lab.l - from.0) / (from.1 - from.0).max(LEAST_RANGE)).clamp(0.0, 1.0);
        let (a, b) = (lab.a * CHROMA, lab.b * CHROMA);
        let chroma = (a * a + b * b).sqrt();
        let cap = if chroma > CHROMA_CAP { CHROMA_CAP / chroma } else { 1.0 };
        Lab::new(to.0 + (to.1 - to.0) * t, a * cap, b * cap)
    }
}

impl BaseMap {
    /// Draws the part `window` of the world in `width` × `height` pixels, both at least 1.
    ///
    /// Without a picture an ink map is drawn, without heights plain ground. Outside the source's extent lies
    /// ground.
    pub fn draw(
        style: BaseStyle,
        source: &BaseSource<'_>,
        window: &WorldRect,
        width: u32,
        height: u32,
    ) -> Self {
        Self::draw_toned(style, source, window, (width, height), Planes::toned)
    }

    /// The same, where `toned` gives the picture in the style's tones.
    pub(super) fn draw_toned(
        style: BaseStyle,
        source: &BaseSource<'_>,
        window: &WorldRect,
        (width, height): (u32, u32),
        toned: impl FnOnce(&RgbaImage, BaseStyle) -> Arc<Planes>,
    ) -> Self {
        let (width, height) = (width.max(1), height.max(1));
        let none = |kind| Self { kind, bitmap: None, laid: None, detail: OnceLock::new() };
        if style == BaseStyle::None {
            return none(BaseKind::Transparent);
        }
        let theme = style.theme();
        if let Some(picture) = source.picture_for(style) {
            let scale =
                f64::from(width) / f64::from(picture.width()) * (source.extent.width() / window.width());
            // Takes away paper grain, and on small pictures the steps of enlargement.
            let soft = if style == BaseStyle::Original { 0.0 } else { (0.40 * scale).max(0.7) };
            let laid = Laid::new(toned(picture, style), &source.extent, window, (width, height), soft);
            return laid.base_map(BaseKind::Picture, theme);
        }
        let Some(heights) = source.heights else { return none(BaseKind::Plain) };
        let side = |panel: u32, whole: f64, part: f64| {
            (f64::from(panel) * whole / part).round().clamp(1.0, INK_SIDE) as u32
        };
        let whole = (
            side(width, source.extent.width(), window.width()),
            side(height, source.extent.height(), window.height()),
        );
        let planes = if style == BaseStyle::Light {
            // Its tones depend on the whole map.
            Planes::toned(&ink::draw(heights, whole.0, whole.1), style)
        } else {
            let part = part_around(&source.extent, window, whole, (width, height));
            let drawn = ink::draw_part(heights, whole, &part);
            let from = [&part[0], &part[1]].map(|range| range.start as usize);
            let whole = (whole.0 as usize, whole.1 as usize);
            Arc::new(Planes { whole, from, ..Planes::of(&drawn, BaseStyle::Original) })
        };
        Laid::new(planes, &source.extent, window, (width, height), 0.0).base_map(BaseKind::Ink, theme)
    }

    /// What it is.
    pub fn kind(&self) -> BaseKind {
        self.kind
    }

    /// Its pixels; `None` for plain or transparent ground.
    pub fn bitmap(&self) -> Option<&Arc<Bitmap>> {
        self.bitmap.as_ref()
    }

    /// What is left of walls and roads, for figures that cover the map.
    pub fn detail(&self) -> Option<&Detail> {
        let laid = self.laid.as_ref()?;
        // Made outside of the cell, which threads that take up other work while they wait would enter twice.
        let detail = self.detail.get().is_none().then(|| laid.detail());
        detail.map_or_else(|| self.detail.get(), |made| Some(self.detail.get_or_init(|| made)))
    }

    /// The item that draws it with its top left corner in that of `rect`.
    pub fn item(&self, rect: &PixelRect) -> Option<Item> {
        let bitmap = Arc::clone(self.bitmap.as_ref()?);
        Some(Item::Image { x: rect.x as i32, y: rect.y as i32, bitmap, blend: Blend::Srgb })
    }
}

/// The base map's lightness less its own blur: walls and roads without light and dark regions.
///
/// Kept at the picture's own height and made row by row.
#[derive(Debug, Clone)]
pub struct Detail {
    width: usize,
    /// Of the picture's rows those from `begin` on that the panel's are made of.
    plane: Vec<f32>,
    begin: usize,
    rows: Taps,
}

impl Detail {
    /// Most that detail darkens and brightens.
    const RANGE: (f32, f32) = (-0.15, 0.10);

    /// Lightness to add in row `y` of the panel at full strength, −.15 … .10; `out` is as wide as the panel.
    pub fn row(&self, y: usize, out: &mut [f32]) {
        self.rows.column_row_of((&self.plane, self.begin), self.width, y, out);
        for v in out.iter_mut() {
            *v = v.clamp(Self::RANGE.0, Self::RANGE.1);
        }
    }
}

/// A picture in OKLab, toned, one plane per coordinate.
#[derive(Debug)]
pub(super) struct Planes {
    width: usize,
    height: usize,
    /// The size of the picture that they are a part of, pixels.
    whole: (usize, usize),
    /// Where in it they begin, pixels from the left and the top.
    from: [usize; 2],
    l: Vec<f32>,
    a: Vec<f32>,
    b: Vec<f32>,
}

impl Planes {
    /// A picture in the tones of a style.
    pub(super) fn toned(picture: &RgbaImage, style: BaseStyle) -> Arc<Self> {
        Arc::new(Self::of(picture, style))
    }

    fn of(picture: &RgbaImage, style: BaseStyle) -> Self {
        let curves = Curves::get();
        let width = picture.width() as usize;
        let height = picture.height() as usize;
        let plane = || vec![0.0; width * height];
        let mut planes =
            Self { width, height, whole: (width, height), from: [0, 0], l: plane(), a: plane(), b: plane() };
        let pixels = picture.as_raw().as_chunks::<4>().0;
        planes.each_row(|y, [l, a, b]| {
            for (i, pixel) in pixels[y * width..(y + 1) * width].iter().enumerate() {
                let [red, green, blue] = over_underlay(*pixel);
                Lab { l: l[i], a: a[i], b: b[i] } = curves.lab(red, green, blue);
            }
        });
        let band = |to| Tone { from: percentiles(&planes.l), to };
        let tone = match style {
            BaseStyle::Dim | BaseStyle::Overview => band((0.13, 0.35)),
            BaseStyle::Light => band((0.80, 0.97)),
            BaseStyle::Original | BaseStyle::Ink | BaseStyle::None => return planes,
        };
        planes.each_row(|_, [l, a, b]| {
            for i in 0..l.len() {
                Lab { l: l[i], a: a[i], b: b[i] } = tone.apply(Lab::new(l[i], a[i], b[i]));
            }
        });
        planes
    }

    /// Gives each row to `change`, with its number: one slice per coordinate.
    fn each_row(&mut self, change: impl Fn(usize, [&mut [f32]; 3]) + Sync) {
        let width = self.width;
        (self.l.par_chunks_mut(width), self.a.par_chunks_mut(width), self.b.par_chunks_mut(width))
            .into_par_iter()
            .enumerate()
            .for_each(|(y, (l, a, b))| change(y, [l, a, b]));
    }

    /// Lightness less its blur of a ninetieth of the panel's longer side, at the picture's own size.
    fn detail(&self, px_per_panel_px: f64, panel: (u32, u32)) -> Vec<f32> {
        let (sigma, factor) = blur(px_per_panel_px, panel);
        let Some(light) = Field::new(self.width, self.height, self.l.clone()) else { return Vec::new() };
        let coarse = light.reduced(factor).smoothed(sigma / factor as f64, sigma / factor as f64);
        let columns = enlarging(coarse.width(), self.width, factor);
        let rows = enlarging(coarse.height(), self.height, factor);
        let mut detail = light.into_values();
        detail.par_chunks_exact_mut(self.width).enumerate().for_each_init(
            || (vec![0.0; coarse.width()], vec![0.0; self.width]),
            |(narrow, wide), (y, out)| {
                rows.column_row(coarse.values(), coarse.width(), y, narrow);
                columns.row(narrow, wide);
                for (v, blurred) in out.iter_mut().zip(wide.iter()) {
                    *v -= blurred;
                }
            },
        );
        detail
    }
}

/// Planes over a panel that shows a part of the world.
#[derive(Debug, Clone)]
struct Laid {
    planes: Arc<Planes>,
    /// The panel, pixels.
    size: (u32, u32),
    columns: Taps,
    rows: Taps,
    /// The panel's pixels that the picture covers.
    inside: [Range<usize>; 2],
    /// Pixels of the picture in a pixel of the panel.
    step: f64,
}

impl Laid {
    /// `planes`, which show `extent`, over a panel of `size` pixels that shows `window` of the world.
    fn new(
        planes: Arc<Planes>,
        extent: &WorldRect,
        window: &WorldRect,
        size: (u32, u32),
        soft_px: f64,
    ) -> Self {
        let (width, height) = (size.0 as usize, size.1 as usize);
        let [x, y] = spans(extent, window, planes.whole);
        let within = |span: (f64, f64), from: usize| (span.0 - from as f64, span.1 - from as f64);
        let (span_x, span_y) = (within(x, planes.from[0]), within(y, planes.from[1]));
        Self {
            columns: Taps::new(planes.width, span_x, width, soft_px),
            rows: Taps::new(planes.height, span_y, height, soft_px),
            inside: [inside(span_x, planes.width, width), inside(span_y, planes.height, height)],
            step: (span_x.1 - span_x.0) / width as f64,
            planes,
            size,
        }
    }

    /// Rows of a plane in the panel's columns, into `out`.
    fn across(&self, plane: &[f32], rows: Range<usize>, out: &mut Vec<f32>) {
        let (width, source) = (self.size.0 as usize, self.planes.width);
        out.resize(rows.len() * width, 0.0);
        let from = plane[rows.start * source..rows.end * source].chunks_exact(source);
        out.chunks_exact_mut(width).zip(from).for_each(|(out, row)| self.columns.row(row, out));
    }

    fn base_map(self, kind: BaseKind, theme: &Theme) -> BaseMap {
        let (width, height) = (self.size.0 as usize, self.size.1 as usize);
        let planes = [&self.planes.l, &self.planes.a, &self.planes.b];
        let [inside_x, inside_y] = &self.inside;
        let curves = Curves::get();
        let ground = theme.ground;
        let mut rgba = vec![0_u8; width * height * 4];
        rgba.par_chunks_mut(width * 4 * BAND_ROWS).enumerate().for_each_init(
            || planes.map(|_| (Vec::new(), vec![0.0; width])),
            |labs, (band, out)| {
                let first = band * BAND_ROWS;
                let source = self.rows.source_of(first..first + out.len() / (width * 4));
                for (plane, (wide, _)) in planes.iter().zip(labs.iter_mut()) {
                    self.across(plane, source.clone(), wide);
                }
                for (y, out) in (first..).zip(out.chunks_exact_mut(width * 4)) {
                    let out = out.as_chunks_mut::<4>().0;
                    out.fill([ground.r, ground.g, ground.b, ground.a]);
                    if inside_y.contains(&y) {
                        for (wide, row) in labs.iter_mut() {
                            self.rows.column_row_of((wide, source.start), width, y, row);
                        }
                        let [l, a, b] = labs.each_ref().map(|(_, row)| &row[inside_x.clone()]);
                        curves.row(l, a, b, &mut out[inside_x.clone()]);
                    }
                }
            },
        );
        let bitmap = Bitmap::new(self.size.0, self.size.1, rgba).map(Arc::new);
        BaseMap { kind, bitmap, laid: Some(self), detail: OnceLock::new() }
    }

    fn detail(&self) -> Detail {
        let (width, height) = (self.size.0 as usize, self.size.1 as usize);
        let Range { start, end } = self.rows.source_of(0..height);
        let (detail, source) = (self.planes.detail(self.step, self.size), self.planes.width);
        let mut plane = vec![0.0_f32; (end - start) * width];
        plane
            .par_chunks_exact_mut(width)
            .zip(detail[start * source..end * source].par_chunks_exact(source))
            .for_each(|(out, row)| self.columns.row(row, out));
        Detail { width, plane, begin: start, rows: self.rows.clone() }
    }
}

/// Taps from a grid whose cells are `factor` samples wide back to `target` samples.
fn enlarging(cells: usize, target: usize, factor: usize) -> Taps {
    Taps::new(cells, (0.0, target as f64 / factor as f64), target, 0.0)
}

/// A pixel's colour over the underlay, bytes.
fn over_underlay([r, g, b, a]: [u8; 4]) -> [u8; 3] {
    if a == 255 {
        return [r, g, b];
    }
    let mix = |top: u8, under: u8| {
        let (top, under, a) = (u32::from(top), u32::from(under), u32::from(a));
        ((top * a + under * (255 - a) + 127) / 255) as u8
    };
    [mix(r, UNDERLAY[0]), mix(g, UNDERLAY[1]), mix(b, UNDERLAY[2])]
}

/// 2nd and 98th percentile of lightness.
fn percentiles(lightness: &[f32]) -> (f32, f32) {
    const BINS: usize = 1024;
    let mut counts = [0_u64; BINS];
    for l in lightness {
        counts[((l.clamp(0.0, 1.0) * BINS as f32) as usize).min(BINS - 1)] += 1;
    }
    let total = lightness.len() as u64;
    let percentile = |percent: u64| {
        let mut seen = 0;
        counts
            .iter()
            .position(|count| {
                seen += count;
                seen * 100 >= total * percent
            })
            .unwrap_or(BINS - 1) as f32
            / BINS as f32
    };
    (percentile(2), percentile(98))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::basemap::ink::HeightCell;
    use image::Rgba;

    fn extent() -> WorldRect {
        WorldRect::new(0.0, 0.0, 1000.0, 1000.0).unwrap()
    }

    fn source(picture: &RgbaImage) -> BaseSource<'_> {
        BaseSource { extent: extent(), picture: Some(picture), heights: None }
    }

    fn lightness(map: &BaseMap) -> Vec<Lab> {
        let curves = Curves::get();
        map.bitmap().unwrap().rgba().as_chunks::<4>().0.iter().map(|p| curves.lab(p[0], p[1], p[2])).collect()
    }

    /// A picture of one lightness band with saturated stripes.
    fn striped(dark: u8, light: u8) -> RgbaImage {
        RgbaImage::from_fn(64, 64, |x, y| match (x / 8 + y / 16) % 3 {
            0 => Rgba([dark, dark, dark, 255]),
            1 => Rgba([light, light, light, 255]),
            _ => Rgba([light, dark, dark, 255]),
        })
    }

    #[test]
    fn pale_and_black_pictures_land_in_one_band() {
        for (dark, light) in [(0, 30), (0, 255), (180, 230), (255, 255)] {
            let picture = striped(dark, light);
            let map = BaseMap::draw(BaseStyle::Dim, &source(&picture), &extent(), 200, 200);
            for lab in lightness(&map) {
                assert!(lab.l > 0.115 && lab.l < 0.365 && lab.chroma() < 0.045, "{dark} {light}: {lab:?}");
            }
            let map = BaseMap::draw(BaseStyle::Light, &source(&picture), &extent(), 200, 200);
            assert!(lightness(&map).iter().all(|lab| lab.l > 0.79));
        }
    }

    #[test]
    fn original_is_the_picture_itself() {
        let picture = striped(20, 200);
        let map = BaseMap::draw(BaseStyle::Original, &source(&picture), &extent(), 64, 64);
        assert_eq!(map.bitmap().unwrap().rgba(), picture.as_raw().as_slice());
    }

    #[test]
    fn ground_lies_outside_the_picture() {
        let picture = striped(90, 200);
        let window = WorldRect::new(-500.0, 0.0, 500.0, 1000.0).unwrap();
        let map = BaseMap::draw(BaseStyle::Dim, &source(&picture), &window, 100, 100);
        let bitmap = map.bitmap().unwrap();
        let pixel = |x: usize| &bitmap.rgba()[(50 * 100 + x) * 4..][..3];
        let ground = theme::DARK.ground;
        assert_eq!(pixel(49), [ground.r, ground.g, ground.b]);
        assert_ne!(pixel(50), [ground.r, ground.g, ground.b]);
    }

    #[test]
    fn transparent_pictures_lie_on_the_underlay() {
        assert_eq!(over_underlay([200, 100, 50, 0]), UNDERLAY);
        assert_eq!(over_underlay([200, 100, 50, 255]), [200, 100, 50]);
        assert_eq!(over_underlay([0x11, 0x15, 0x1C, 77]), UNDERLAY);
    }

    #[test]
    fn detail_follows_walls_and_not_regions() {
        // Left half dark, right half light, and one light wall across.
        let picture = RgbaImage::from_fn(128, 128, |x, y| {
            let level = if (60..64).contains(&y) {
                255
            } else if x < 64 {
                60
            } else {
                160
            };
            Rgba([level, level, level, 255])
        });
        let map = BaseMap::draw(BaseStyle::Dim, &source(&picture), &extent(), 256, 256);
        let mut row = vec![0.0; 256];
        map.detail().unwrap().row(124, &mut row);
        assert!(row[60] > 0.03 && row[60] <= 0.10, "wall {}", row[60]);
        map.detail().unwrap().row(40, &mut row);
        assert!(row[40].abs() < 0.003 && row[220].abs() < 0.003, "regions {} {}", row[40], row[220]);
    }

    #[test]
    fn a_part_of_an_ink_map_is_that_of_the_whole() {
        let cells = (0..100 * 100_u64).map(|i| HeightCell {
            weight: u64::from((i % 100) * (i / 100) % 7 < 5),
            height: (i % 97) as f32 * 3.0,
        });
        let heights = HeightField::new(extent(), 100, 100, cells.collect()).unwrap();
        let source = BaseSource { extent: extent(), picture: None, heights: Some(&heights) };
        // Inside, over an edge, and beside the map.
        for (x, y, side) in [(400.0, 300.0, 200.0), (-50.0, 900.0, 150.0), (1200.0, 0.0, 300.0)] {
            let window = WorldRect::new(x, y, x + side, y + side).unwrap();
            let map = BaseMap::draw(BaseStyle::Dim, &source, &window, 120, 120);
            let whole = (1000.0 / side * 120.0).round() as u32;
            let planes = Planes::toned(&ink::draw(&heights, whole, whole), BaseStyle::Original);
            let all = Laid::new(planes, &extent(), &window, (120, 120), 0.0);
            let expected = all.clone().base_map(BaseKind::Ink, &theme::DARK);
            assert_eq!(map.bitmap().unwrap().rgba(), expected.bitmap().unwrap().rgba(), "{x} {y}");
            let mut rows = [vec![0.0; 120], vec![0.0; 120]];
            map.detail().unwrap().row(60, &mut rows[0]);
            expected.detail().unwrap().row(60, &mut rows[1]);
            assert!(rows[0].iter().zip(&rows[1]).all(|(a, b)| (a - b).abs() < 1e-4), "{x} {y}");
        }
    }

    #[test]
    fn none_and_nothing() {
        let nothing = BaseSource { extent: extent(), picture: None, heights: None };
        assert_eq!(BaseMap::draw(BaseStyle::None, &nothing, &extent(), 9, 9).kind(), BaseKind::Transparent);
        let plain = BaseMap::draw(BaseStyle::Dim, &nothing, &extent(), 9, 9);
        assert_eq!((plain.kind(), plain.item(&PixelRect::new(0.0, 0.0, 9.0, 9.0))), (BaseKind::Plain, None));
    }
}
