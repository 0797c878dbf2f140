//! A tracker file: its round, and what else must be known to write it again byte for byte.

use crate::format::read::lines::LineEnd;
use crate::format::table::{Columns, Table};
use crate::model::Round;

/// A tracker file: the round it holds and the way it is laid out.
///
/// Changing [`round`](Self::round) changes the rows that [`write`](super::write) makes, but neither the header nor
/// the sections kept as text; for a round that differs in those, start again with [`from_round`](Self::from_round).
#[derive(Debug, Clone, PartialEq)]
pub struct TrackerFile {
    /// What the file says.
    pub round: Round,
    pub(crate) layout: Layout,
}

impl TrackerFile {
    /// The sections that are kept as text, in file order. `REVIVES` is among them.
    pub fn other_sections(&self) -> &[Section] {
        &self.layout.sections
    }

    /// The header's keys and values in file order, unknown ones included.
    pub fn header(&self) -> impl Iterator<Item = (&str, &str)> {
        let header = match self.layout.blocks.first() {
            Some(Block::Lines(text)) => text.as_str(),
            _ => "",
        };
        let lines = header.lines().skip(1).take_while(|line| heading(line.as_bytes()).is_none());
        lines.filter_map(|line| line.strip_prefix('#')?.trim_start().split_once('='))
    }
}

/// What a file is made of, in order.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Layout {
    /// Whether the file starts with a byte-order mark.
    pub(crate) byte_order_mark: bool,
    pub(crate) line_end: LineEnd,
    pub(crate) blocks: Vec<Block>,
    pub(crate) sections: Vec<Section>,
}

/// A part of a file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Block {
    /// Lines as they stood: magic line, header, headings, comments, blank lines.
    Lines(String),
    /// The next rows of a table of the model.
    Rows(Rows),
    /// The section with this index.
    Section(usize),
    /// The end marker, with the numbers of lives and samples.
    EndMarker,
}

/// Rows of one table that follow each other.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Rows {
    pub(crate) table: Table,
    pub(crate) columns: Columns,
    pub(crate) count: usize,
    /// The fields of unknown columns, row by row.
    pub(crate) unknown: Vec<Box<str>>,
}

impl Layout {
    /// Adds a line as it stands, without its line end.
    pub(crate) fn push_line(&mut self, line: &str) {
        if !matches!(self.blocks.last(), Some(Block::Lines(_))) {
            self.blocks.push(Block::Lines(String::new()));
        }
        if let Some(Block::Lines(text)) = self.blocks.last_mut() {
            text.push_str(line);
            text.push('\n');
        }
    }

    /// Counts a row of `table` at this place; `unknown` are its fields of unknown columns.
    pub(crate) fn push_row(&mut self, table: Table, columns: &Columns, mut unknown: Vec<Box<str>>) {
        match self.blocks.last_mut() {
            Some(Block::Rows(rows)) if rows.table == table => {
                rows.count += 1;
                rows.unknown.append(&mut unknown);
            }
            _ => self.blocks.push(Block::Rows(Rows { table, columns: columns.clone(), count: 1, unknown })),
        }
    }

    /// Adds the end marker.
    pub(crate) fn push_end_marker(&mut self) {
        self.blocks.push(Block::EndMarker);
    }

    /// Starts a section that is kept as text.
    pub(crate) fn push_section(&mut self, name: &str) {
        self.blocks.push(Block::Section(self.sections.len()));
        self.sections.push(Section { name: name.into(), text: String::new() });
    }
}

/// A section that is kept as text, from its heading to the line before the next heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    pub(crate) name: Box<str>,
    pub(crate) text: String,
}

impl Section {
    /// The heading without `# `, such as `WEAPON_ACCURACY`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// All lines as they stood, heading included, each ended by `\n`.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The column names, from the section's first comment line that has a `;`; none when there is no such line.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        let comment = self.text.lines().skip(1).find(|line| line.starts_with('#') && line.contains(';'));
        comment.into_iter().flat_map(|line| line.trim_start_matches('#').trim_start().split(';'))
    }

    /// The rows, as they stood.
    pub fn rows(&self) -> impl Iterator<Item = &str> {
        self.text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
    }
}

/// The name in a heading, `# NAME`; `None` for any other line. A known name may be followed by more words.
pub(crate) fn heading(line: &[u8]) -> Option<&str> {
    let text = line.strip_prefix(b"#")?.trim_ascii();
    let length =
        text.iter().take_while(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || **b == b'_').count();
    let name = std::str::from_utf8(&text[..length]).ok()?;
    let known = Table::ALL.iter().any(|table| table.heading() == name);
    let whole = length == text.len() || (known && text[length] == b' ');
    (whole && name.starts_with(|c: char| c.is_ascii_uppercase())).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_told_from_other_comments() {
        assert_eq!(heading(b"# ENGAGEMENTS"), Some("ENGAGEMENTS"));
        assert_eq!(heading(b"#REVIVES (7)"), Some("REVIVES"));
        assert_eq!(heading(b"# SOME_FUTURE_SECTION_2 "), Some("SOME_FUTURE_SECTION_2"));
        for line in [
            "",
            "#",
            "# ",
            "# map=supply",
            "# guid;name",
            "# stance: 0",
            "# END tracks=1",
            "# 12",
            "ENGAGEMENTS",
        ] {
            assert_eq!(heading(line.as_bytes()), None, "{line}");
        }
    }
}
