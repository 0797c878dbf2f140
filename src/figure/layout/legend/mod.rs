//! The legend: title, sections of rows, and a caption that stands at the bottom.
//!
//! A figure says *what* its legend holds; where each row goes, how text is wrapped or shortened and what gives way when
//! space runs out is decided here, the same for every figure. All lengths are design pixels, scaled when drawn.

pub(crate) mod draw;
pub(crate) mod row_layout;

use std::sync::Arc;

use image::RgbaImage;

use crate::scene::{Color, Shape};

/// Everything beside a map.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Legend {
    title: String,
    subtitle: Vec<String>,
    sections: Vec<Section>,
    caption: Vec<String>,
    /// Whether the lines below the title are whoever publishes the picture's, so that figures add none.
    has_own_subtitle: bool,
    /// What stands at the foot.
    logo: Option<Arc<RgbaImage>>,
}

/// A rule, a heading and rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    heading: String,
    aside: Option<String>,
    rows: Vec<Row>,
    room: Room,
    /// The row that stands for several of a table, and for how many.
    rest: Option<(usize, usize)>,
}

/// What a section does when the legend is too short.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Room {
    /// It is drawn whole: a legend.
    Whole,
    /// Its last rows give way to "and 3 more": a table.
    Trimmed,
}

/// One row of a section.
#[derive(Debug, Clone, PartialEq)]
pub enum Row {
    /// A mark (if any), a text, and a value at the right (semi-bold).
    Entry {
        /// What stands before the text.
        mark: Option<Mark>,
        /// The text.
        label: String,
        /// The value at the right edge.
        value: Option<String>,
        /// Whether the text is plain or muted.
        tone: Tone,
    },
    /// Column heads over [`Row::Swatches`].
    SwatchHead {
        /// Head of the value column.
        value: String,
        /// One head per swatch.
        columns: Vec<String>,
    },
    /// A text, its value, and swatches of a colour.
    Swatches {
        /// The text.
        label: String,
        /// Its value, semi-bold.
        value: String,
        /// The swatches, left to right.
        colors: Vec<Color>,
    },
    /// A text, its value, and a bar of one hue from least to most.
    Glow {
        /// The text.
        label: String,
        /// Its value, semi-bold.
        value: String,
        /// Colours from left to right, at equal distances.
        bar: Vec<Color>,
    },
    /// What is part of the row above: a muted line, set in.
    Part(String),
    /// A mark, a short text, a bar of a share, the share, and two more values.
    Bar {
        /// What stands before the text.
        mark: Mark,
        /// The text, at most about four characters.
        label: String,
        /// Length of the bar, 0 … 1.
        share: f32,
        /// Its colour.
        color: Color,
        /// Semi-bold value.
        value: String,
        /// Muted values at the right edge.
        asides: [String; 2],
    },
    /// One bar of parts that fill the width.
    Stack(Vec<(Color, f32)>),
    /// One bar, or several above each other, of colours from left to right over one axis.
    Ramp {
        /// Colours at equal distances, per bar; at least two each.
        bars: Vec<Vec<Color>>,
        /// Height of each bar, design pixels.
        thickness: f32,
        /// Where on the axis (0 … 1) and what.
        ticks: Vec<(f32, String)>,
    },
    /// Two entries side by side.
    Pair([(Mark, String); 2]),
    /// A bar of a length in pixels of the picture, with ticks at 0, ½ and 1.
    Ruler {
        /// Its length, pixels of the picture (not design pixels).
        length_px: f32,
    },
    /// A line of text, wrapped.
    Text(String),
    /// A muted line of smaller text, wrapped.
    Note(String),
}

/// Whether an entry's text is plain or muted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// In text colour.
    Plain,
    /// In muted colour: the value matters.
    Muted,
}

/// What stands before a row's text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Mark {
    /// A rounded square.
    Swatch(Color),
    /// A line with its casing.
    Line(Color),
    /// A row of dots.
    Dots,
    /// A disc with a letter in it.
    Letter(char, Color),
    /// A shape as on the map: filled if a colour is given, else outlined in text colour.
    Shape {
        /// The shape.
        shape: Shape,
        /// Its radius, design pixels.
        radius: f32,
        /// Its fill.
        fill: Option<Color>,
    },
}

impl Legend {
    /// A legend with a title: the map, or the player on a life card.
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), ..Self::default() }
    }

    /// Adds a line below the title.
    #[must_use]
    pub fn subtitle(mut self, line: impl Into<String>) -> Self {
        if !self.has_own_subtitle {
            self.subtitle.push(line.into());
        }
        self
    }

    /// With this line below the title, if any, in the place of all that are added later.
    #[must_use]
    pub(crate) fn with_subtitle_of_its_own(mut self, line: Option<String>) -> Self {
        self.has_own_subtitle = line.is_some();
        self.subtitle.extend(line);
        self
    }

    /// With a logo at its foot, if any.
    #[must_use]
    pub(crate) fn with_logo(mut self, logo: Option<Arc<RgbaImage>>) -> Self {
        self.logo = logo;
        self
    }

    /// Adds a section.
    #[must_use]
    pub fn section(mut self, section: Section) -> Self {
        self.sections.push(section);
        self
    }

    /// Adds a line to the caption.
    #[must_use]
    pub fn caption(mut self, line: impl Into<String>) -> Self {
        self.caption.push(line.into());
        self
    }

    /// The caption's lines, unwrapped.
    pub fn caption_lines(&self) -> &[String] {
        &self.caption
    }
}

impl Section {
    /// A section that is always drawn whole.
    pub fn legend(heading: impl Into<String>) -> Self {
        Self { heading: heading.into(), aside: None, rows: Vec::new(), room: Room::Whole, rest: None }
    }

    /// A section whose last rows give way when the legend is too short.
    pub fn table(heading: impl Into<String>) -> Self {
        Self { room: Room::Trimmed, ..Self::legend(heading) }
    }

    /// A muted text at the right of the heading.
    #[must_use]
    pub fn aside(mut self, text: impl Into<String>) -> Self {
        self.aside = Some(text.into());
        self
    }

    /// Adds a row.
    #[must_use]
    pub fn row(mut self, row: Row) -> Self {
        self.rows.push(row);
        self
    }

    /// Adds a row that stands for so many more of a table.
    #[must_use]
    pub fn rest(mut self, count: usize, row: Row) -> Self {
        self.rest = Some((self.rows.len(), count));
        self.row(row)
    }

    /// Adds rows.
    #[must_use]
    pub fn rows(mut self, rows: impl IntoIterator<Item = Row>) -> Self {
        self.rows.extend(rows);
        self
    }
}

impl Row {
    /// A mark, a text and its value.
    pub fn entry(mark: Mark, label: impl Into<String>, value: impl Into<String>) -> Self {
        Self::Entry { mark: Some(mark), label: label.into(), value: Some(value.into()), tone: Tone::Plain }
    }

    /// A mark and what it means.
    pub fn key(mark: Mark, label: impl Into<String>) -> Self {
        Self::Entry { mark: Some(mark), label: label.into(), value: None, tone: Tone::Plain }
    }

    /// A muted text and its value.
    pub fn total(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self::Entry { mark: None, label: label.into(), value: Some(value.into()), tone: Tone::Muted }
    }
}
