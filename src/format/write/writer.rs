//! A tracker file's text: its layout, and the rows of its round in the places the layout gives them.

use crate::format::end_marker::EndMarker;
use crate::format::layout::{Block, Rows, TrackerFile};
use crate::format::read::lines::LineEnd;
use crate::format::table::Table;
use crate::format::write::record::Record;

pub(crate) fn write(file: &TrackerFile) -> Vec<u8> {
    let (round, layout) = (&file.round, &file.layout);
    let mut out = Vec::new();
    let mut record = Record::default();
    let (mut tracks, mut engagements) = (round.tracks.iter(), round.engagements.iter());
    let (mut kills, mut movements) = (round.kill_cells.iter(), round.movement_cells.iter());
    for block in &layout.blocks {
        match block {
            Block::Lines(lines) => out.extend_from_slice(lines.as_bytes()),
            Block::Section(index) => {
                let text = layout.sections.get(*index).map_or("", |section| section.text());
                out.extend_from_slice(text.as_bytes());
            }
            Block::EndMarker => {
                out.extend_from_slice(EndMarker::of(round).to_string().as_bytes());
                out.push(b'\n');
            }
            Block::Rows(rows) => {
                let mut unknown = rows.unknown.iter();
                for _ in 0..rows.count {
                    record.clear();
                    let row = match rows.table {
                        Table::Tracks => tracks.next().map(|track| record.track(track)),
                        Table::Engagements => {
                            engagements.next().map(|engagement| record.engagement(engagement))
                        }
                        Table::KillHeatmap => kills.next().map(|cell| record.kill_cell(cell)),
                        Table::MovementHeatmap => movements.next().map(|cell| record.movement_cell(cell)),
                        // Kept as a section.
                        Table::Revives | Table::Construction | Table::Carried | Table::Returned => None,
                    };
                    if row.is_some() {
                        push_row(&mut out, rows, &record, &mut unknown);
                    }
                }
            }
        }
    }
    if layout.line_end == LineEnd::ReturnFeed {
        out = with_carriage_returns(&out);
    }
    if layout.byte_order_mark {
        out.splice(0..0, *b"\xef\xbb\xbf");
    }
    out
}

/// Puts a record's fields into the order of the file's columns.
fn push_row<'a>(
    out: &mut Vec<u8>,
    rows: &Rows,
    record: &Record,
    unknown: &mut impl Iterator<Item = &'a Box<str>>,
) {
    for (place, slot) in rows.columns.slots().iter().enumerate() {
        if place > 0 {
            out.push(b';');
        }
        match slot {
            Some(column) => out.extend_from_slice(record.field(*column)),
            None => out.extend_from_slice(unknown.next().map_or(b"", |text| text.as_bytes())),
        }
    }
    out.push(b'\n');
}

fn with_carriage_returns(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + text.len() / 32);
    for line in text.split_inclusive(|&b| b == b'\n') {
        out.extend_from_slice(line.strip_suffix(b"\n").unwrap_or(line));
        out.extend_from_slice(b"\r\n");
    }
    out
}
