//! How high rows are, and what gives way when there is too little room.

use super::{Legend, Mark, Room, Row, Section};
use crate::scene::Weight;
use crate::scene::text;

/// Space left and right of the text, and width of the text, design pixels.
pub(crate) const PADDING: f32 = 28.0;
pub(crate) const TEXT_WIDTH: f32 = 384.0;
/// Space between the two columns of a portrait legend.
pub(crate) const COLUMN_GAP: f32 = 40.0;

pub(crate) const TITLE_SIZES: [f32; 3] = [40.0, 34.0, 28.0];
pub(crate) const TITLE_BASELINE: f32 = 64.0;
pub(crate) const TITLE_PITCH: f32 = 36.0;
/// A title that is too wide at its smallest size is broken into at most this many lines.
const TITLE_LINES: usize = 3;
pub(crate) const SUBTITLE_SIZE: f32 = 20.0;
pub(crate) const SUBTITLE_BASELINE: f32 = 98.0;
pub(crate) const SUBTITLE_PITCH: f32 = 28.0;
/// At most this many lines below the title.
const SUBTITLE_LINES: usize = 4;
pub(crate) const HEADING_SIZE: f32 = 22.0;
/// From a section's rule to its heading's baseline, and on to its first row.
pub(crate) const HEADING_BASELINE: f32 = 34.0;
pub(crate) const HEADING_HEIGHT: f32 = HEADING_BASELINE + 12.0;
/// From the last row to the next rule.
pub(crate) const SECTION_GAP: f32 = 16.0;
pub(crate) const TEXT_SIZE: f32 = 20.0;
pub(crate) const TEXT_PITCH: f32 = 27.0;
pub(crate) const NOTE_SIZE: f32 = 18.0;
pub(crate) const NOTE_PITCH: f32 = 26.0;
pub(crate) const CAPTION_SIZE: f32 = 17.0;
pub(crate) const CAPTION_PITCH: f32 = 24.0;
/// From the last caption line's baseline to the legend's end, and from the caption's rule to its first baseline.
pub(crate) const CAPTION_FOOT: f32 = 34.0;
pub(crate) const CAPTION_HEAD: f32 = 34.0;
/// A logo is at most so wide and high, and stands so far below the caption.
const LOGO: (f32, f32) = (TEXT_WIDTH, 96.0);
const LOGO_GAP: f32 = 22.0;
/// Where room is scarce it is at least so high.
const LEAST_LOGO: f32 = 24.0;
/// A caption is never longer than this many lines.
const CAPTION_LINES: usize = 12;

/// A legend measured and trimmed: what is drawn, and how high it is.
pub(crate) struct Laid<'r> {
    /// Lines of the title, and their size.
    pub(crate) title: (Vec<String>, f32),
    pub(crate) subtitle: Vec<String>,
    pub(crate) sections: Vec<LaidSection<'r>>,
    pub(crate) caption: Vec<String>,
    /// Width and height of the logo, design pixels.
    pub(crate) logo: Option<(f32, f32)>,
}

pub(crate) struct LaidSection<'r> {
    pub(crate) section: &'r Section,
    /// Rows that are drawn.
    pub(crate) rows: usize,
    /// Height with its rule and heading, without the gap below.
    pub(crate) height: f32,
}

impl LaidSection<'_> {
    /// How many of a table gave way: not rows, some of which stand for several, and some for none.
    pub(crate) fn dropped(&self) -> usize {
        let of_row = |(index, row): (usize, &Row)| match (self.section.rest, row) {
            (Some((rest, count)), _) if rest == index => count,
            (_, Row::Note(_) | Row::Part(_)) => 0,
            _ => 1,
        };
        self.section.rows.iter().enumerate().skip(self.rows).map(of_row).sum()
    }
}

impl Laid<'_> {
    /// How much further down all else begins than below a title of one line.
    pub(crate) fn title_height(&self) -> f32 {
        self.title.0.len().saturating_sub(1) as f32 * TITLE_PITCH
    }

    /// Where the first section's rule lies.
    pub(crate) fn sections_top(&self) -> f32 {
        let below_title = match self.subtitle.len() {
            0 => TITLE_BASELINE + 34.0,
            lines => SUBTITLE_BASELINE + (lines - 1) as f32 * SUBTITLE_PITCH + 38.0,
        };
        below_title + self.title_height()
    }

    /// From the caption's rule to the legend's end; 0 with neither a caption nor a logo.
    pub(crate) fn caption_height(&self) -> f32 {
        match self.caption.len() {
            0 => self.logo_height(),
            lines => CAPTION_HEAD + (lines - 1) as f32 * CAPTION_PITCH + CAPTION_FOOT + self.logo_height(),
        }
    }

    /// What the logo needs below the caption; 0 without one.
    pub(crate) fn logo_height(&self) -> f32 {
        self.logo.map_or(0.0, |(_, height)| LOGO_GAP + height)
    }

    /// Makes the logo lower by so much, or by as much as it may be.
    pub(crate) fn shrink_logo(&mut self, by: f32) {
        if let Some((wide, high)) = self.logo.filter(|(_, high)| *high > LEAST_LOGO && by > 0.0) {
            let less = (high - by).max(LEAST_LOGO);
            self.logo = Some((wide * less / high, less));
        }
    }

    /// Height of all of it.
    pub(crate) fn height(&self) -> f32 {
        self.sections_top() + self.sections_height() + self.caption_height()
    }

    /// Height of all sections with the gaps between and below them.
    pub(crate) fn sections_height(&self) -> f32 {
        self.sections.iter().map(|s| s.height + SECTION_GAP).sum()
    }
}

impl Legend {
    /// Measures everything at its full length.
    pub(crate) fn lay(&self) -> Laid<'_> {
        let title = TITLE_SIZES
            .into_iter()
            .find(|size| text::width(&self.title, *size, Weight::SemiBold) <= TEXT_WIDTH)
            .unwrap_or(TITLE_SIZES[TITLE_SIZES.len() - 1]);
        let wrapped = |lines: &[String], size: f32, most: usize| {
            let all: Vec<String> =
                lines.iter().flat_map(|l| text::wrap(l, size, Weight::Regular, TEXT_WIDTH)).collect();
            shortened(all, most)
        };
        Laid {
            title: (
                shortened(text::wrap(&self.title, title, Weight::SemiBold, TEXT_WIDTH), TITLE_LINES),
                title,
            ),
            subtitle: wrapped(&self.subtitle, SUBTITLE_SIZE, SUBTITLE_LINES),
            sections: self.sections.iter().map(|s| laid_section(s, s.rows.len())).collect(),
            caption: wrapped(&self.caption, CAPTION_SIZE, CAPTION_LINES),
            logo: self.logo.as_ref().map(|logo| {
                let (width, height) = (logo.width() as f32, logo.height() as f32);
                let factor = (LOGO.0 / width).min(LOGO.1 / height).min(1.0);
                (width * factor, height * factor)
            }),
        }
    }

    /// Measures for a column of `height`: the logo shrinks, the title loses lines, then tables lose rows, the longest first, until
    /// everything fits. A logo for which that is not enough is left out, and takes nothing from the rest.
    pub(crate) fn lay_within(&self, height: f32) -> Laid<'_> {
        let mut laid = self.lay();
        let logo = laid.logo;
        laid.shrink_logo(laid.height() - height);
        give_way(&mut laid, height);
        let missing = laid.height() - height;
        if missing > 0.0 && logo.is_some() {
            laid = Laid { logo: None, ..self.lay() };
            give_way(&mut laid, height);
        } else if let (Some((wide, high)), Some((_, less))) = (logo, laid.logo) {
            // What rows left over.
            let more = (less - missing).min(high);
            laid.logo = Some((wide * more / high, more));
        }
        laid
    }
}

/// Takes lines of the title and rows of tables away until the rest fits, or until nothing can give way any more.
fn give_way(laid: &mut Laid<'_>, height: f32) {
    while laid.height() > height {
        let title = &mut laid.title.0;
        if title.len() > 1 {
            let most = title.len() - 1;
            *title = shortened(std::mem::take(title), most);
            continue;
        }
        let tables = laid.sections.iter_mut().filter(|s| s.section.room == Room::Trimmed && s.rows > 1);
        // Legends are drawn, whether they fit or not.
        let Some(longest) = tables.max_by_key(|s| s.rows) else { return };
        *longest = laid_section(longest.section, longest.rows - 1);
    }
}

/// The first `most` lines; the last one says that there was more.
fn shortened(mut lines: Vec<String>, most: usize) -> Vec<String> {
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            last.push('…');
        }
    }
    lines
}

fn laid_section(section: &Section, rows: usize) -> LaidSection<'_> {
    let more = if rows < section.rows.len() { NOTE_PITCH } else { 0.0 };
    let height = HEADING_HEIGHT + section.rows[..rows].iter().map(row_height).sum::<f32>() + more;
    LaidSection { section, rows, height }
}

/// Height of one row, design pixels.
pub(crate) fn row_height(row: &Row) -> f32 {
    match row {
        Row::Entry { mark: Some(Mark::Line(_)), .. } | Row::Pair(_) | Row::Stack(_) => 36.0,
        Row::Entry { mark: None, .. } => 33.0,
        Row::Entry { .. } | Row::Ruler { .. } => 32.0,
        Row::SwatchHead { .. } => 26.0,
        Row::Swatches { .. } | Row::Glow { .. } => 38.0,
        Row::Part(_) => 28.0,
        Row::Bar { .. } => 31.0,
        Row::Ramp { bars, thickness, .. } => ramp_bars_height(bars.len(), *thickness) + 8.0 + 34.0,
        Row::Text(line) => TEXT_PITCH * lines_of(line, TEXT_SIZE),
        Row::Note(line) => NOTE_PITCH * lines_of(line, NOTE_SIZE) + 2.0,
    }
}

/// Height of the bars of a ramp: with more than one, 4 px between them.
pub(crate) fn ramp_bars_height(bars: usize, thickness: f32) -> f32 {
    bars as f32 * thickness + bars.saturating_sub(1) as f32 * 4.0
}

fn lines_of(line: &str, size: f32) -> f32 {
    text::wrap(line, size, Weight::Regular, TEXT_WIDTH).len() as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logo_gives_way_before_what_explains_the_picture() {
        let table = Section::table("Groups").rows((0..4).map(|i| Row::total("lives", i.to_string())));
        let logo = std::sync::Arc::new(image::RgbaImage::new(512, 256));
        let legend = Legend::new("Kestrel Ford").section(table).caption("4 lives").with_logo(Some(logo));
        let height = legend.lay().height();
        let within = |less: f32| {
            let laid = legend.lay_within(height - less);
            (laid.logo, laid.sections[0].rows)
        };
        assert_eq!(within(0.0), (Some((192.0, 96.0)), 4));
        assert_eq!(within(20.0), (Some((152.0, 76.0)), 4));
        assert_eq!(within(96.0 - LEAST_LOGO), (Some((2.0 * LEAST_LOGO, LEAST_LOGO)), 4));
        // Two rows and the line that says so make more room than is missing: the logo has it.
        let left_over = 2.0 * 33.0 - NOTE_PITCH - 30.0;
        let high = LEAST_LOGO + left_over;
        assert_eq!(within(96.0 - LEAST_LOGO + 30.0), (Some((2.0 * high, high)), 2));
        assert_eq!(within(500.0), (None, 1));
        // Where it goes it takes nothing with it.
        let table = Section::table("Groups").row(Row::total("lives", "4"));
        let logo = std::sync::Arc::new(image::RgbaImage::new(512, 256));
        let wide = "Kestrel Ford in both sessions, with all players of both teams";
        let legend = Legend::new(wide).section(table).with_logo(Some(logo));
        let (whole, lines) = (legend.lay().height(), legend.lay().title.0.len());
        let within = |less: f32| {
            let laid = legend.lay_within(whole - less);
            (laid.logo.is_some(), laid.title.0.len())
        };
        let title = (lines - 1) as f32 * TITLE_PITCH;
        assert_eq!(within(96.0 - LEAST_LOGO + title), (true, 1));
        let (has_logo, left) = within(96.0 - LEAST_LOGO + title + 1.0);
        assert!(!has_logo && left > 1, "{left} lines");
    }

    #[test]
    fn what_gave_way_is_counted_by_what_rows_stand_for() {
        let row = || Row::total("a player", "2 lives");
        let table = Section::table("Players").rows([row(), row(), row()]).rest(3, row());
        let legend = Legend::new("Kestrel Ford").section(table.row(Row::Note("a note".to_owned())));
        let height = legend.lay().height();
        let left = |less: f32| legend.lay_within(height - less).sections[0].dropped();
        // The note makes no more room than the line that says what is missing.
        assert_eq!([0.0, 1.0, 60.0, 99.0].map(left), [0, 0, 4, 5]);
    }

    #[test]
    fn a_wide_title_is_broken_and_moves_down_what_is_below() {
        let lay = |title: &str| {
            let legend = Legend::new(title);
            let laid = legend.lay();
            (laid.title.clone(), laid.sections_top())
        };
        let ((short, size), top) = lay("Kestrel Ford");
        assert_eq!((&short[..], size), (&["Kestrel Ford".to_owned()][..], TITLE_SIZES[0]));
        let long = "Kestrel Ford in both sessions, with all players of both teams";
        let ((lines, size), below) = lay(long);
        assert_eq!((lines.join(" "), size), (long.to_owned(), TITLE_SIZES[2]));
        assert!(lines.len() > 1 && below == top + (lines.len() - 1) as f32 * TITLE_PITCH, "{lines:?}");
        let ((lines, _), _) = lay(&long.repeat(5));
        assert!(lines.len() == TITLE_LINES && lines[TITLE_LINES - 1].ends_with('…'), "{lines:?}");
        // Where there is no room for it, it gives way.
        let legend = Legend::new(long);
        let room = legend.lay().sections_top();
        assert_eq!(legend.lay_within(room).title.0.len(), legend.lay().title.0.len());
        let title = legend.lay_within(room - 1.0).title.0;
        assert!(
            title.len() + 1 == legend.lay().title.0.len() && title.last().unwrap().ends_with('…'),
            "{title:?}"
        );
    }
}
