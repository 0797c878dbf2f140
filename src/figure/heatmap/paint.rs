//! What colours a panel: one colour, a ramp, or the shares of several.

use super::fields::PanelPlane;
use super::glow::Look;
use super::scale::Table;
use crate::basemap::base::Detail;
use crate::plane::oklab::Lab;
use crate::plane::overlay::smoothstep;

/// Chroma of a colour that holds a quarter of a cell, and of one that holds three quarters.
const CHROMA: (f32, f32) = (0.30, 1.0);
/// Times its usual share at which a state's colour begins to show, and at which it is whole.
const LIFT: (f32, f32) = (1.35, 2.2);
/// Share of the time below which a state's colour does not show, and from which it is whole.
const HELD: (f32, f32) = (0.10, 0.25);
/// Side of a woven block, design pixels.
const WEAVE_PX: f32 = 3.0;

/// Marks a pixel without movement; no part has this place.
pub(super) const NO_PART: u8 = u8::MAX;

/// What colours a panel.
pub(super) enum Paint {
    /// One colour.
    Solid(Lab),
    /// A ramp over brightness: colours at even steps.
    Ramp(Vec<Lab>),
    /// Several colours that share each place.
    Shares {
        /// The smooth shares and their colours.
        parts: Vec<(PanelPlane, Lab)>,
        /// How they share it.
        mixing: Mixing,
    },
}

/// How several colours share a place.
pub(super) enum Mixing {
    /// The largest share's colour, greyer the smaller its share.
    Majority,
    /// The ground colour, and others where their share is far above the usual one.
    Unusual(Usual),
    /// The mean by share.
    Blend,
    /// An ordered dither of the pure colours.
    Weave,
    /// A ramp over the first part's share of all, up to a share that takes its last colour.
    ShareOfFirst { ramp: Vec<Lab>, up_to: f32 },
}

/// What is usual on the whole map, to tell what is not.
pub(super) struct Usual {
    /// The part that all others stand out from.
    pub(super) ground: usize,
    /// Each part's share of everything.
    pub(super) shares: Vec<f32>,
    /// How much of the usual is added everywhere, in the planes' unit: one life's stay must not speckle the map.
    pub(super) prior: f32,
}

/// A panel to shade.
pub(super) struct Panel<'p> {
    /// How much there is.
    pub(super) density: PanelPlane,
    /// From density to brightness.
    pub(super) table: Table,
    /// In which colours.
    pub(super) paint: Paint,
    /// How brightness is shown.
    pub(super) look: &'p Look,
    /// The base map's detail.
    pub(super) detail: Option<&'p Detail>,
    /// Pixels per design pixel.
    pub(super) scale: f32,
}

impl Panel<'_> {
    /// Colours of row `y` in the run from pixel `from` on.
    ///
    /// `winner` gets the part that holds most of each pixel, where there is one.
    pub(super) fn colors(
        &self,
        (from, y): (usize, usize),
        brightness: &[f32],
        shares: &mut Shares,
        winner: &mut [u8],
        mut out: Row<'_>,
    ) {
        match &self.paint {
            Paint::Solid(color) => {
                out.l.fill(color.l);
                out.a.fill(color.a);
                out.b.fill(color.b);
            }
            Paint::Ramp(ramp) => {
                for (x, v) in brightness.iter().enumerate() {
                    out.set(x, along(ramp, *v));
                }
            }
            Paint::Shares { parts, mixing } => {
                shares.read(parts, y, from, brightness.len());
                match mixing {
                    Mixing::Majority => shares.majority(parts, winner, &mut out),
                    Mixing::Unusual(usual) => shares.unusual(parts, usual, winner, &mut out),
                    Mixing::Blend => shares.blend(parts, &mut out),
                    Mixing::Weave => {
                        let side = (WEAVE_PX * self.scale).round().max(2.0) as usize;
                        shares.weave(parts, (from, y), side, out);
                    }
                    Mixing::ShareOfFirst { ramp, up_to } => shares.of_first(ramp, *up_to, out),
                }
            }
        }
    }
}

/// A run of colours, one slice per coordinate.
pub(super) struct Row<'r> {
    pub(super) l: &'r mut [f32],
    pub(super) a: &'r mut [f32],
    pub(super) b: &'r mut [f32],
}

impl Row<'_> {
    fn set(&mut self, x: usize, color: Lab) {
        (self.l[x], self.a[x], self.b[x]) = (color.l, color.a, color.b);
    }
}

/// The shares of one run of pixels: a row per part, and their sum.
#[derive(Default)]
pub(super) struct Shares {
    rows: Vec<f32>,
    all: Vec<f32>,
    most: Vec<f32>,
}

impl Shares {
    fn read(&mut self, parts: &[Part], y: usize, from: usize, pixels: usize) {
        self.rows.resize(parts.len() * pixels, 0.0);
        self.all.clear();
        self.all.resize(pixels, 0.0);
        for ((plane, _), row) in parts.iter().zip(self.rows.chunks_exact_mut(pixels)) {
            plane.row(y, from, row);
            for (share, all) in row.iter_mut().zip(self.all.iter_mut()) {
                // Interpolation undershoots a little beside steep slopes.
                *share = share.max(0.0);
                *all += *share;
            }
        }
    }

    fn rows<'s>(&'s self, parts: &'s [Part]) -> impl Iterator<Item = (&'s [f32], Lab)> {
        let pixels = self.all.len().max(1);
        self.rows.chunks_exact(pixels).zip(parts).map(|(row, (_, color))| (row, *color))
    }

    /// The colour of the largest share, the first of equals. Chroma follows the share, lightness stays. `winner` gets the
    /// place of that share among the parts.
    fn majority(&mut self, parts: &[Part], winner: &mut [u8], out: &mut Row<'_>) {
        let mut most = std::mem::take(&mut self.most);
        most.clear();
        most.resize(self.all.len(), -1.0);
        for (part, (row, color)) in (0..NO_PART).zip(self.rows(parts)) {
            for (x, share) in row.iter().enumerate() {
                let more = *share > most[x];
                winner[x] = if more { part } else { winner[x] };
                most[x] = if more { *share } else { most[x] };
                out.l[x] = if more { color.l } else { out.l[x] };
                out.a[x] = if more { color.a } else { out.a[x] };
                out.b[x] = if more { color.b } else { out.b[x] };
            }
        }
        for (x, (most, all)) in most.iter().zip(&self.all).enumerate() {
            let chroma = chroma(if *all > 0.0 { most / all } else { 1.0 });
            out.a[x] *= chroma;
            out.b[x] *= chroma;
        }
        self.most = most;
    }

    /// The ground's colour, mixed with that of the part whose share is most above its usual one. `winner` gets that part
    /// where its colour shows, else the ground.
    fn unusual(&self, parts: &[Part], usual: &Usual, winner: &mut [u8], out: &mut Row<'_>) {
        let Some(ground) = parts.get(usual.ground).map(|(_, color)| *color) else { return };
        let pixels = self.all.len();
        for (x, all) in self.all.iter().enumerate() {
            let (mut most, mut color, mut part) = (0.0, ground, usual.ground);
            for (i, mean) in usual.shares.iter().enumerate() {
                if i == usual.ground || *mean <= 0.0 {
                    continue;
                }
                let held = self.rows.get(i * pixels + x).copied().unwrap_or_default();
                let share = (held + usual.prior * mean) / (all + usual.prior);
                let lift = share / mean;
                let score = lift * share.sqrt();
                if score > most {
                    most = score;
                    let shown = smoothstep(LIFT.0, LIFT.1, lift) * smoothstep(HELD.0, HELD.1, share);
                    color = ground.mix(parts[i].1, shown);
                    part = if shown > 0.0 { i } else { usual.ground };
                }
            }
            winner[x] = u8::try_from(part).unwrap_or(NO_PART);
            out.set(x, color);
        }
    }

    /// The mean of the colours by share.
    fn blend(&self, parts: &[Part], out: &mut Row<'_>) {
        out.l.fill(0.0);
        out.a.fill(0.0);
        out.b.fill(0.0);
        for (row, color) in self.rows(parts) {
            for (x, (share, all)) in row.iter().zip(&self.all).enumerate() {
                let held = if *all > 0.0 { share / all } else { 0.0 };
                out.l[x] += held * color.l;
                out.a[x] += held * color.a;
                out.b[x] += held * color.b;
            }
        }
    }

    /// The part whose stretch of the running sum of shares holds the block's threshold.
    fn weave(&self, parts: &[Part], (from, y): (usize, usize), side: usize, mut out: Row<'_>) {
        for (x, all) in self.all.iter().enumerate() {
            let mut rest = bayer((from + x) / side, y / side) * all;
            let mut color = Lab::default();
            for (row, part) in self.rows(parts) {
                color = part;
                rest -= row[x];
                if rest < 0.0 {
                    break;
                }
            }
            out.set(x, color);
        }
    }

    fn of_first(&self, ramp: &[Lab], up_to: f32, mut out: Row<'_>) {
        for (x, all) in self.all.iter().enumerate() {
            let first = self.rows.get(x).copied().unwrap_or_default();
            out.set(x, along(ramp, if *all > 0.0 { first / all / up_to } else { 0.0 }));
        }
    }
}

type Part = (PanelPlane, Lab);

/// Chroma of a colour that holds this share of a cell.
pub(super) fn chroma(held: f32) -> f32 {
    CHROMA.0 + (CHROMA.1 - CHROMA.0) * ((held - 0.25) / 0.5).clamp(0.0, 1.0)
}

/// Thresholds of an ordered dither, 4 × 4 (Bayer 1973).
fn bayer(x: usize, y: usize) -> f32 {
    const ORDER: [[u8; 4]; 4] = [[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]];
    (f32::from(ORDER[y % 4][x % 4]) + 0.5) / 16.0
}

/// A colour of a ramp at 0 … 1.
fn along(ramp: &[Lab], t: f32) -> Lab {
    let Some(last) = ramp.len().checked_sub(1) else { return Lab::default() };
    let at = t.clamp(0.0, 1.0) * last as f32;
    let left = (at as usize).min(last.saturating_sub(1));
    ramp[left].mix(ramp[(left + 1).min(last)], at - left as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chroma_follows_the_share_held() {
        assert!((chroma(0.2) - 0.30).abs() < 1e-6);
        assert!((chroma(0.5) - 0.65).abs() < 1e-6);
        assert!((chroma(0.75) - 1.0).abs() < 1e-6);
        assert!((chroma(1.0) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn ordered_thresholds_cover_everything_once() {
        let mut seen: Vec<f32> = (0..16).map(|i| bayer(i % 4, i / 4)).collect();
        seen.sort_by(f32::total_cmp);
        for (i, threshold) in seen.iter().enumerate() {
            assert!((threshold - (i as f32 + 0.5) / 16.0).abs() < 1e-6);
        }
    }
}
