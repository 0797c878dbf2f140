//! Rows to marks and text.

use std::sync::Arc;

use image::RgbaImage;
use image::imageops::{FilterType, resize};

use super::row_layout::{
    CAPTION_FOOT, CAPTION_HEAD, CAPTION_PITCH, CAPTION_SIZE, COLUMN_GAP, HEADING_BASELINE, HEADING_HEIGHT,
    HEADING_SIZE, Laid, LaidSection, NOTE_PITCH, NOTE_SIZE, PADDING, SECTION_GAP, SUBTITLE_BASELINE,
    SUBTITLE_PITCH, SUBTITLE_SIZE, TEXT_PITCH, TEXT_SIZE, TEXT_WIDTH, TITLE_BASELINE, TITLE_PITCH,
    ramp_bars_height, row_height,
};
use super::{Legend, Mark, Row, Tone};
use crate::figure::layout::sheet::filled;
use crate::geom::PixelPoint;
use crate::scene::{
    Align, Bitmap, Blend, Color, Item, Label, Marker, PixelRect, Polyline, Shape, Stroke, Vertex, Weight,
    text,
};
use crate::theme::Theme;

/// Half of a capital's height at 20 px: what centres a line of text on a mark.
const HALF_CAP: f32 = 7.0;
/// Right end of the value column in front of swatches.
const SWATCH_VALUES: f32 = 176.0;
/// How far a part of the row above is set in.
const PART_INDENT: f32 = 18.0;
/// Longest bar of a share.
const BAR_WIDTH: f32 = 116.0;
/// Where swatches begin, how wide they are and how far apart.
const SWATCHES: (f32, f32, f32) = (192.0, 60.0, 6.0);

impl Legend {
    /// Draws the legend into one column.
    pub(crate) fn draw_column(&self, theme: &Theme, frame: PixelRect, scale: f32) -> Vec<Item> {
        let mut items = panel(theme, frame);
        items.push(filled(PixelRect::new(frame.x, frame.y, 1.0, frame.height), 0.0, theme.rule));
        let height = frame.height / scale;
        let laid = self.lay_within(height);
        let mut pen = Pen { theme, x: frame.x + PADDING * scale, y: frame.y, scale, items };
        pen.head(&laid);
        let mut y = laid.sections_top();
        for section in &laid.sections {
            pen.section(section, y, Ruled::Yes);
            y += section.height + SECTION_GAP;
        }
        pen.caption(&laid, height);
        pen.logo(self.logo.as_deref(), &laid, height);
        pen.items
    }

    /// Height that a column needs in which nothing gives way, pixels.
    pub(crate) fn column_height(&self, scale: f32) -> f32 {
        self.lay().height() * scale
    }

    /// The same of a column in which nothing but the logo gives way.
    pub(crate) fn least_column_height(&self, scale: f32) -> f32 {
        let mut laid = self.lay();
        laid.shrink_logo(f32::INFINITY);
        laid.height() * scale
    }

    /// Height that a portrait legend needs, pixels.
    pub(crate) fn portrait_height(&self, scale: f32) -> f32 {
        let laid = self.lay();
        let split = split(&laid);
        columns(&laid, split).into_iter().fold(0.0, f32::max) * scale
    }

    /// Draws the legend into two columns: title and first sections left, the rest and the caption right.
    pub(crate) fn draw_two_columns(&self, theme: &Theme, frame: PixelRect, scale: f32) -> Vec<Item> {
        let laid = self.lay();
        let split = split(&laid);
        let mut pen =
            Pen { theme, x: frame.x + PADDING * scale, y: frame.y, scale, items: panel(theme, frame) };
        pen.head(&laid);
        let mut y = laid.sections_top();
        for section in &laid.sections[..split] {
            pen.section(section, y, Ruled::Yes);
            y += section.height + SECTION_GAP;
        }
        pen.x += (TEXT_WIDTH + COLUMN_GAP) * scale;
        y = SECOND_COLUMN_TOP;
        for (i, section) in laid.sections[split..].iter().enumerate() {
            pen.section(section, y, if i == 0 { Ruled::No } else { Ruled::Yes });
            y += section.height + SECTION_GAP;
        }
        pen.caption(&laid, frame.height / scale);
        pen.logo(self.logo.as_deref(), &laid, frame.height / scale);
        pen.items
    }
}

/// Where the second column's first section begins: its heading stands near the title's height.
const SECOND_COLUMN_TOP: f32 = 16.0;

/// Heights of the two columns when the first `split` sections stand left.
fn columns(laid: &Laid<'_>, split: usize) -> [f32; 2] {
    let height = |sections: &[LaidSection<'_>]| sections.iter().map(|s| s.height + SECTION_GAP).sum::<f32>();
    [
        laid.sections_top() + height(&laid.sections[..split]),
        SECOND_COLUMN_TOP + height(&laid.sections[split..]) + laid.caption_height(),
    ]
}

/// The split that makes the higher column lowest.
fn split(laid: &Laid<'_>) -> usize {
    let highest = |split: &usize| columns(laid, *split).into_iter().fold(0.0, f32::max);
    (0..=laid.sections.len()).min_by(|a, b| highest(a).total_cmp(&highest(b))).unwrap_or(0)
}

fn panel(theme: &Theme, frame: PixelRect) -> Vec<Item> {
    vec![filled(frame, 0.0, theme.panel)]
}

/// Whether a section has a rule above it.
#[derive(Clone, Copy, PartialEq)]
enum Ruled {
    Yes,
    No,
}

/// Draws at design lengths from the column's top left.
struct Pen<'t> {
    theme: &'t Theme,
    x: f32,
    y: f32,
    scale: f32,
    items: Vec<Item>,
}

/// How a line of text is set.
#[derive(Clone, Copy)]
struct Style {
    size: f32,
    weight: Weight,
    color: Color,
    align: Align,
}

impl Style {
    fn new(size: f32, color: Color) -> Self {
        Self { size, weight: Weight::Regular, color, align: Align::Left }
    }
    fn bold(self) -> Self {
        Self { weight: Weight::SemiBold, ..self }
    }
    fn align(self, align: Align) -> Self {
        Self { align, ..self }
    }
}

impl Pen<'_> {
    fn at(&self, x: f32, y: f32) -> PixelPoint {
        PixelPoint::new(self.x + x * self.scale, self.y + y * self.scale)
    }

    fn rect(&self, x: f32, y: f32, width: f32, height: f32) -> PixelRect {
        let at = self.at(x, y);
        PixelRect::new(at.x, at.y, width * self.scale, height * self.scale)
    }

    fn fill(&mut self, rect: PixelRect, radius: f32, color: Color) {
        self.items.push(filled(rect, radius * self.scale, color));
    }

    /// One line of text with its baseline at `y`, shortened to `room`.
    fn text(&mut self, line: &str, x: f32, y: f32, style: Style, room: f32) {
        let text = text::ellipsize(line, style.size, style.weight, room);
        if text.is_empty() {
            return;
        }
        self.items.push(Item::Label(Label {
            text,
            at: self.at(x, y),
            size: style.size * self.scale,
            weight: style.weight,
            color: style.color,
            align: style.align,
            halo: None,
        }));
    }

    fn rule(&mut self, y: f32) {
        // Whole pixels: a hairline between two rows would be two pale ones.
        let top = self.at(0.0, y);
        let height = self.scale.round().max(1.0);
        let rect = PixelRect::new(top.x.round(), top.y.round(), (TEXT_WIDTH * self.scale).round(), height);
        self.items.push(filled(rect, 0.0, self.theme.rule));
    }

    fn head(&mut self, laid: &Laid<'_>) {
        let (title, size) = &laid.title;
        for (i, line) in title.iter().enumerate() {
            let y = TITLE_BASELINE + i as f32 * TITLE_PITCH;
            self.text(line, 0.0, y, Style::new(*size, self.theme.text).bold(), TEXT_WIDTH);
        }
        for (i, line) in laid.subtitle.iter().enumerate() {
            let y = SUBTITLE_BASELINE + laid.title_height() + i as f32 * SUBTITLE_PITCH;
            self.text(line, 0.0, y, Style::new(SUBTITLE_SIZE, self.theme.muted), TEXT_WIDTH);
        }
    }

    fn caption(&mut self, laid: &Laid<'_>, height: f32) {
        let lines = laid.caption.len();
        if lines == 0 {
            return;
        }
        let first = height - laid.logo_height() - CAPTION_FOOT - (lines - 1) as f32 * CAPTION_PITCH;
        self.rule(first - CAPTION_HEAD);
        for (i, line) in laid.caption.iter().enumerate() {
            let y = first + i as f32 * CAPTION_PITCH;
            self.text(line, 0.0, y, Style::new(CAPTION_SIZE, self.theme.muted), TEXT_WIDTH);
        }
    }

    /// The logo at the foot of a legend of this height.
    fn logo(&mut self, logo: Option<&RgbaImage>, laid: &Laid<'_>, height: f32) {
        let (Some(logo), Some((wide, high))) = (logo, laid.logo) else { return };
        let px = |design: f32| ((design * self.scale).round() as u32).max(1);
        let (wide, high) = (px(wide), px(high));
        let logo = if logo.dimensions() == (wide, high) {
            logo.clone()
        } else {
            resize(logo, wide, high, FilterType::Lanczos3)
        };
        let foot = self.at(0.0, height - CAPTION_FOOT);
        if let Some(bitmap) = Bitmap::new(wide, high, logo.into_raw()) {
            let (x, y) = (foot.x.round() as i32, foot.y.round() as i32 - high as i32);
            self.items.push(Item::Image { x, y, bitmap: Arc::new(bitmap), blend: Blend::Srgb });
        }
    }

    fn section(&mut self, laid: &LaidSection<'_>, top: f32, ruled: Ruled) {
        if ruled == Ruled::Yes {
            self.rule(top);
        }
        let baseline = top + HEADING_BASELINE;
        let aside = laid.section.aside.as_deref().unwrap_or_default();
        let aside_style = Style::new(TEXT_SIZE, self.theme.muted).align(Align::Right);
        let aside_width = text::width(aside, TEXT_SIZE, Weight::Regular).min(TEXT_WIDTH / 2.0);
        self.text(aside, TEXT_WIDTH, baseline, aside_style, TEXT_WIDTH / 2.0);
        let heading = Style::new(HEADING_SIZE, self.theme.text).bold();
        self.text(&laid.section.heading, 0.0, baseline, heading, TEXT_WIDTH - aside_width - 12.0);
        let mut y = top + HEADING_HEIGHT;
        for row in &laid.section.rows[..laid.rows] {
            self.row(row, y);
            y += row_height(row);
        }
        if laid.dropped() > 0 {
            let more = format!("and {} more", laid.dropped());
            self.text(&more, 0.0, y + 20.0, Style::new(NOTE_SIZE, self.theme.muted), TEXT_WIDTH);
        }
    }

    fn row(&mut self, row: &Row, top: f32) {
        let plain = Style::new(TEXT_SIZE, self.theme.text);
        let middle = top + row_height(row) / 2.0;
        let baseline = middle + HALF_CAP;
        match row {
            Row::Entry { mark, label, value, tone } => {
                let x = mark.map_or(0.0, |mark| self.mark(mark, middle));
                let value = value.as_deref().unwrap_or_default();
                let value_width = text::width(value, TEXT_SIZE, Weight::SemiBold).min(TEXT_WIDTH * 0.75);
                let right = plain.bold().align(Align::Right);
                self.text(value, TEXT_WIDTH, baseline, right, TEXT_WIDTH * 0.75);
                let color = if *tone == Tone::Muted { self.theme.muted } else { self.theme.text };
                self.text(label, x, baseline, Style { color, ..plain }, TEXT_WIDTH - x - value_width - 12.0);
            }
            Row::Pair(pair) => {
                for (i, (mark, label)) in pair.iter().enumerate() {
                    let left = i as f32 * TEXT_WIDTH / 2.0;
                    self.x += left * self.scale;
                    let x = self.mark(*mark, middle);
                    self.text(label, x, baseline, plain, TEXT_WIDTH / 2.0 - x - 6.0);
                    self.x -= left * self.scale;
                }
            }
            Row::SwatchHead { value, columns } => {
                let style = Style::new(NOTE_SIZE, self.theme.muted);
                self.text(value, SWATCH_VALUES, top + 18.0, style.align(Align::Right), 90.0);
                for (i, column) in columns.iter().enumerate() {
                    let x = swatch_left(i) + SWATCHES.1 / 2.0;
                    self.text(column, x, top + 18.0, style.align(Align::Center), SWATCHES.1 + SWATCHES.2);
                }
            }
            Row::Swatches { label, value, colors } => {
                let value_width = text::width(value, TEXT_SIZE, Weight::SemiBold);
                self.text(label, 0.0, baseline, plain, SWATCH_VALUES - value_width - 6.0);
                self.text(value, SWATCH_VALUES, baseline, plain.bold().align(Align::Right), 90.0);
                for (i, color) in colors.iter().enumerate() {
                    let rect = self.rect(swatch_left(i), middle - 15.0, SWATCHES.1, 30.0);
                    self.fill(rect, 4.0, *color);
                }
            }
            Row::Glow { label, value, bar } => {
                let value_width = text::width(value, TEXT_SIZE, Weight::SemiBold);
                self.text(label, 0.0, baseline, plain, SWATCH_VALUES - value_width - 6.0);
                self.text(value, SWATCH_VALUES, baseline, plain.bold().align(Align::Right), 90.0);
                self.bar(bar, (SWATCHES.0, middle - 12.0), (TEXT_WIDTH - SWATCHES.0, 24.0));
            }
            Row::Part(line) => {
                let muted = Style::new(NOTE_SIZE, self.theme.muted);
                self.text(line, PART_INDENT, top + 18.0, muted, TEXT_WIDTH - PART_INDENT);
            }
            Row::Bar { mark, label, share, color, value, asides: [first, second] } => {
                let x = self.mark(*mark, middle);
                self.text(label, x, baseline, plain, 84.0 - x + 38.0 - 2.0);
                let width = (BAR_WIDTH * share.clamp(0.0, 1.0)).max(2.0);
                let rect = self.rect(76.0, middle - 9.0, width, 18.0);
                self.fill(rect, 3.0_f32.min(width / 2.0), *color);
                self.text(value, 262.0, baseline, plain.bold().align(Align::Right), 72.0);
                self.text(first, 332.0, baseline, plain.align(Align::Right), 68.0);
                let muted = Style { color: self.theme.muted, ..plain }.align(Align::Right);
                self.text(second, TEXT_WIDTH, baseline, muted, 48.0);
            }
            Row::Stack(parts) => self.stack(parts, top + 2.0),
            Row::Ramp { bars, thickness, ticks } => self.ramp(bars, *thickness, ticks, top + 8.0),
            Row::Ruler { length_px } => self.ruler(*length_px, top + 20.0),
            Row::Text(line) => self.paragraph(line, top + 21.0, plain, TEXT_PITCH),
            Row::Note(line) => {
                self.paragraph(line, top + 20.0, Style::new(NOTE_SIZE, self.theme.muted), NOTE_PITCH);
            }
        }
    }

    fn paragraph(&mut self, line: &str, mut baseline: f32, style: Style, pitch: f32) {
        for line in text::wrap(line, style.size, style.weight, TEXT_WIDTH) {
            self.text(&line, 0.0, baseline, style, TEXT_WIDTH);
            baseline += pitch;
        }
    }

    /// Draws a mark centred on `middle`; returns where the text begins.
    fn mark(&mut self, mark: Mark, middle: f32) -> f32 {
        match mark {
            Mark::Swatch(color) => {
                let rect = self.rect(0.0, middle - 9.0, 18.0, 18.0);
                self.fill(rect, 3.0, color);
                30.0
            }
            Mark::Line(color) => {
                let vertex = |x: f32| Vertex { at: self.at(x, middle), color, width: 5.0 * self.scale };
                let line = Polyline {
                    vertices: vec![vertex(3.0), vertex(76.0)],
                    opacity: 1.0,
                    casing: Some(Stroke { width: 2.6 * self.scale, color: self.theme.ink }),
                };
                self.items.push(Item::Polyline(line));
                98.0
            }
            Mark::Dots => {
                for i in 0..6 {
                    let at = self.at(4.0 + 8.0 * i as f32, middle);
                    self.dot(at, 1.7, self.theme.muted);
                }
                62.0
            }
            Mark::Letter(letter, color) => {
                let at = self.at(12.5, middle);
                self.dot(at, 12.5, color);
                let style = Style::new(18.0, self.theme.ink).bold().align(Align::Center);
                self.text(&letter.to_string(), 12.5, middle + 6.3, style, 25.0);
                36.0
            }
            Mark::Shape { shape, radius, fill } => {
                // As on the map: what is filled has no outline but the casing. A cross has nothing to fill.
                let is_line = shape == Shape::Cross || fill.is_none();
                let color = fill.filter(|_| shape == Shape::Cross).unwrap_or(self.theme.text);
                let marker = Marker {
                    at: self.at(16.0, middle),
                    shape,
                    radius: radius * self.scale,
                    fill: fill.filter(|_| !is_line),
                    stroke: is_line.then_some(Stroke { width: 2.2 * self.scale, color }),
                    casing: None,
                };
                self.items.push(Item::Marker(marker));
                44.0
            }
        }
    }

    fn dot(&mut self, at: PixelPoint, radius: f32, color: Color) {
        self.items.push(Item::Marker(Marker {
            at,
            shape: Shape::Circle,
            radius: radius * self.scale,
            fill: Some(color),
            stroke: None,
            casing: None,
        }));
    }

    fn stack(&mut self, parts: &[(Color, f32)], top: f32) {
        let total: f32 = parts.iter().map(|(_, part)| part.max(0.0)).sum();
        if total <= 0.0 {
            let rect = self.rect(0.0, top, TEXT_WIDTH, 22.0);
            self.fill(rect, 0.0, self.theme.rule);
            return;
        }
        let mut x = 0.0;
        for (color, part) in parts {
            let width = TEXT_WIDTH * part.max(0.0) / total;
            let rect = self.rect(x, top, width, 22.0);
            self.fill(rect, 0.0, *color);
            x += width;
        }
    }

    /// Colours from left to right at equal distances.
    fn bar(&mut self, colors: &[Color], (x, y): (f32, f32), (width, height): (f32, f32)) {
        let (from, to) = (self.at(x, y), self.at(x + width, y + height));
        let (left, upper) = (from.x.round(), from.y.round());
        let size = ((to.x.round() - left).max(1.0) as u32, (to.y.round() - upper).max(1.0) as u32);
        if let Some(bitmap) = bar_bitmap(colors, size) {
            let (x, y) = (left as i32, upper as i32);
            self.items.push(Item::Image { x, y, bitmap: Arc::new(bitmap), blend: Blend::Srgb });
        }
    }

    fn ramp(&mut self, bars: &[Vec<Color>], thickness: f32, ticks: &[(f32, String)], top: f32) {
        for (i, colors) in bars.iter().enumerate() {
            let y = top + i as f32 * (thickness + 4.0);
            self.bar(colors, (0.0, y), (TEXT_WIDTH, thickness));
        }
        let bottom = top + ramp_bars_height(bars.len(), thickness);
        for (i, (at, label)) in ticks.iter().enumerate() {
            let x = at.clamp(0.0, 1.0) * TEXT_WIDTH;
            let (align, tick) = match i {
                0 => (Align::Left, None),
                _ if *at >= 0.99 => (Align::Right, Some(x - 2.0)),
                _ => (Align::Center, Some(x - 1.0)),
            };
            if let Some(tick) = tick {
                let rect = self.rect(tick, bottom, 2.0, 6.0);
                self.fill(rect, 0.0, self.theme.muted);
            }
            let style = Style::new(NOTE_SIZE, self.theme.text).align(align);
            self.text(label, x, bottom + 27.0, style, TEXT_WIDTH / 3.0);
        }
    }

    fn ruler(&mut self, length_px: f32, middle: f32) {
        let color = self.theme.text;
        let length = (length_px / self.scale).clamp(1.0, TEXT_WIDTH);
        let rect = self.rect(0.0, middle - 1.5, length, 3.0);
        self.fill(rect, 0.0, color);
        for share in [0.0, 0.5, 1.0] {
            let rect = self.rect(share * length - 1.0, middle - 7.0, 2.0, 14.0);
            self.fill(rect, 0.0, color);
        }
    }
}

fn swatch_left(index: usize) -> f32 {
    SWATCHES.0 + index as f32 * (SWATCHES.1 + SWATCHES.2)
}

/// A bar of colours from left to right, each column the nearest of `colors`' steps mixed in sRGB.
fn bar_bitmap(colors: &[Color], (width, height): (u32, u32)) -> Option<Bitmap> {
    let last = colors.len().checked_sub(1)?;
    let row: Vec<u8> = (0..width)
        .flat_map(|x| {
            let at = (x as f32 + 0.5) / width as f32 * last as f32;
            let (left, share) = (at as usize, at.fract());
            let (from, to) = (colors[left.min(last)], colors[(left + 1).min(last)]);
            let mix = |a: u8, b: u8| (f32::from(a) + (f32::from(b) - f32::from(a)) * share + 0.5) as u8;
            [mix(from.r, to.r), mix(from.g, to.g), mix(from.b, to.b), mix(from.a, to.a)]
        })
        .collect();
    Bitmap::new(width, height, row.repeat(height as usize))
}
