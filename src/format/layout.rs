//! A tracker file: its round, and what else must be known to write it again byte for byte.

use crate::model::Round;

/// A tracker file: the round it holds and the way it is laid out.
#[derive(Debug, Clone, PartialEq)]
pub struct TrackerFile {
    /// What the file says.
    pub round: Round,
    sections: Vec<Section>,
}

impl TrackerFile {
    /// A file for `round`, laid out as its family's tracker does it, or as our own module does when
    /// `round.meta.own_module` is set.
    pub fn from_round(round: Round) -> Self {
        Self { round, sections: Vec::new() }
    }

    /// The sections that are kept as text, in file order.
    pub fn other_sections(&self) -> &[Section] {
        &self.sections
    }
}

/// A section that is kept as text, from its heading to the line before the next heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    name: Box<str>,
    text: String,
}

impl Section {
    /// The heading without `# `, such as `WEAPON_ACCURACY`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// All lines as they stood, heading included.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The column names, from the section's first comment line; empty when there is none.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        let comment = self.text.lines().skip(1).find_map(|line| line.strip_prefix("# "));
        comment.into_iter().flat_map(|line| line.split(';'))
    }

    /// The rows, as they stood.
    pub fn rows(&self) -> impl Iterator<Item = &str> {
        self.text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
    }
}
