//! The one pass through a file.

use crate::format::end_marker::{Damaged, EndMarker};
use crate::format::error::{ErrorKind, ReadError, Warning};
use crate::format::file_name;
use crate::format::hash::content_hash;
use crate::format::layout::{Layout, TrackerFile, heading};
use crate::format::options::ReadOptions;
use crate::format::read::engagement;
use crate::format::read::family::Evidence;
use crate::format::read::header::Header;
use crate::format::read::heatmap;
use crate::format::read::life::health;
use crate::format::read::life::tails::TailBuffer;
use crate::format::read::life::track;
use crate::format::read::lines::{Line, LineEnd, Lines};
use crate::format::read::magic;
use crate::format::read::objective;
use crate::format::read::revive;
use crate::format::read::seen::Seen;
use crate::format::read::truncation;
use crate::format::read::value::fault::Faults;
use crate::format::read::value::field::Field;
use crate::format::read::value::row::RowError;
use crate::format::table::{Columns, Missing, Table, Understood};
use crate::model::{ObjectiveEvent, Round, RoundMeta};

/// A file as read, and everything that was wrong with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    /// What was good.
    pub file: TrackerFile,
    /// What was left out or looks wrong, in file order; at most [`Limits::warnings`](crate::format::Limits::warnings), the last of which then says
    /// how many more there were.
    pub warnings: Vec<Warning>,
    /// How many faults there were, those beyond the limit included.
    pub faults: usize,
}

/// `U+FEFF` in UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

pub(crate) fn read(bytes: &[u8], options: &ReadOptions) -> Result<Read, ReadError> {
    let limit = options.limits.file_bytes;
    if bytes.len() > limit {
        return Err(ReadError { line: 1, column: 1, kind: ErrorKind::TooLarge { limit } });
    }
    let name = options.file_name.as_deref().map(|name| name.rsplit(['/', '\\']).next().unwrap_or(name));
    let marked = bytes.strip_prefix(BYTE_ORDER_MARK);
    let text = marked.unwrap_or(bytes);
    let magic = magic::version(text, name)?;
    let meta = RoundMeta {
        file_name: name.map(Into::into),
        stamp: name.and_then(file_name::parse_file_name).map(|name| name.stamp),
        ..RoundMeta::default()
    };
    let mut reader = Reader::new(options, meta);
    reader.layout.byte_order_mark = marked.is_some();
    let mut last = Line { number: 1, bytes: b"", ahead: b"", end: LineEnd::Missing };
    for line in Lines::new(text) {
        reader.take(line)?;
        last = line;
    }
    let mut read = reader.finish(magic, last);
    if options.content_hash {
        read.file.round.meta.content_hash = content_hash(bytes).into();
    }
    Ok(read)
}

/// Where in the file the reader is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Header,
    /// Among the rows of a table of the model.
    Table(Table),
    /// In a section that is kept as text.
    Text,
    /// After the end marker.
    End,
}

/// What is known of a table's columns.
enum Known {
    NotYet,
    Yes(Columns),
    /// The column line makes no sense, so rows are only kept as text.
    Never,
}

struct Reader<'a> {
    options: &'a ReadOptions,
    faults: Faults,
    header: Header,
    layout: Layout,
    round: Round,
    place: Place,
    columns: Known,
    seen: Seen,
    tails: TailBuffer,
}

impl<'a> Reader<'a> {
    fn new(options: &'a ReadOptions, meta: RoundMeta) -> Self {
        let round = Round {
            meta,
            tracks: Vec::new(),
            engagements: Vec::new(),
            kill_cells: Vec::new(),
            movement_cells: Vec::new(),
            revives: Vec::new(),
        };
        Self {
            options,
            faults: Faults::new(options),
            header: Header::default(),
            layout: Layout::default(),
            round,
            place: Place::Header,
            columns: Known::NotYet,
            seen: Seen::default(),
            tails: TailBuffer::default(),
        }
    }

    fn take(&mut self, line: Line) -> Result<(), ReadError> {
        let limit = self.options.limits.line_bytes;
        if line.bytes.len() > limit {
            let why = format_args!("the line has {} bytes, at most {limit} are read", line.bytes.len());
            return self.faults.lost(line.number, limit, why);
        }
        if line.number == 1 {
            self.layout.line_end = line.end;
            self.keep(line);
            return Ok(());
        }
        match line.bytes.first() {
            None => {
                self.keep(line);
                Ok(())
            }
            Some(b'#') => self.comment(line),
            Some(_) => self.row(line),
        }
    }

    /// Keeps a line as it stands.
    fn keep(&mut self, line: Line) {
        let field = Field { offset: 0, bytes: line.bytes };
        let text = field.text("the line", line.number, &mut self.faults);
        match self.layout.sections.last_mut() {
            Some(section) if self.place == Place::Text => {
                section.text.push_str(&text);
                section.text.push('\n');
            }
            _ => self.layout.push_line(&text),
        }
    }

    fn comment(&mut self, line: Line) -> Result<(), ReadError> {
        if let Some(marker) = EndMarker::read(line) {
            self.end_marker(marker, line);
            return Ok(());
        }
        let whole = line.end != LineEnd::Missing;
        if let Some(name) = heading(line.bytes) {
            let table = Table::ALL.into_iter().find(|table| table.heading() == name);
            if whole || table.is_some() {
                return self.enter(name, table, line);
            }
        }
        if self.place == Place::Header {
            self.header.read(line, &mut self.round.meta, &mut self.faults)?;
        } else if let (Some(table), Known::NotYet) = (self.table(), &self.columns)
            && whole
            && line.bytes.contains(&b';')
        {
            self.column_line(table, line)?;
        }
        self.keep(line);
        Ok(())
    }

    fn end_marker(&mut self, marker: Result<EndMarker, Damaged>, line: Line) {
        self.place = Place::End;
        if let Ok(marker) = marker {
            self.seen.end_marker = Some(marker);
            self.layout.push_end_marker();
        } else {
            let what = format_args!("the end marker is damaged, expected `# END tracks=N samples=M`");
            self.faults.note(line.number, 0, what);
            self.keep(line);
        }
    }

    /// Begins the section `name`.
    fn enter(&mut self, name: &str, table: Option<Table>, line: Line) -> Result<(), ReadError> {
        let limit = self.options.limits.sections;
        if self.seen.headings >= limit {
            return self.faults.lost(line.number, 0, format_args!("more than {limit} headings in one file"));
        }
        self.seen.headings += 1;
        if self.place == Place::End {
            self.faults.note(line.number, 0, format_args!("the section {name} comes after the end marker"));
        }
        if let Some(table) = table {
            if self.seen.tables.contains(&table) {
                let what = format_args!("the section {name} is there a second time; its rows are added");
                self.faults.note(line.number, 0, what);
            } else {
                self.seen.tables.push(table);
            }
        }
        self.seen.reaction_metrics |= name == "REACTION_METRICS";
        self.columns = Known::NotYet;
        self.place = match table {
            Some(table) if !table.is_kept_as_text() => Place::Table(table),
            _ => {
                self.layout.push_section(name);
                Place::Text
            }
        };
        self.keep(line);
        Ok(())
    }

    /// The table whose columns matter here.
    fn table(&self) -> Option<Table> {
        match self.place {
            Place::Table(table) => Some(table),
            Place::Text => {
                let name = &self.layout.sections.last()?.name;
                Table::ALL.into_iter().find(|table| table.is_kept_as_text() && **name == *table.heading())
            }
            Place::Header | Place::End => None,
        }
    }

    fn column_line(&mut self, table: Table, line: Line) -> Result<(), ReadError> {
        let names = line.bytes.strip_prefix(b"#").unwrap_or_default().trim_ascii();
        let (name, number) = (table.heading(), line.number);
        let columns = match Columns::from_line(table, names) {
            Understood::ByName(columns) => columns,
            Understood::ByPlace(columns, Missing(missing)) => {
                let what =
                    format_args!("{name} has no column {missing}; its columns are taken by their order");
                self.faults.note(number, 0, what);
                columns
            }
            Understood::Not(Missing(missing)) => {
                self.columns = Known::Never;
                let why = format_args!("{name} has no column {missing}; its rows are only kept as text");
                return self.faults.lost(number, 0, why);
            }
            Understood::TooMany => {
                self.columns = Known::Never;
                let why = format_args!("{name} has too many columns; its rows are only kept as text");
                return self.faults.lost(number, 0, why);
            }
        };
        self.use_columns(table, columns);
        Ok(())
    }

    fn use_columns(&mut self, table: Table, columns: Columns) {
        if table == Table::Tracks {
            let has = columns.have_death_type();
            self.seen.death_type = Some(self.seen.death_type.unwrap_or(false) || has);
        }
        self.columns = Known::Yes(columns);
    }

    fn row(&mut self, line: Line) -> Result<(), ReadError> {
        match self.place {
            Place::Header => {
                return self.faults.lost(line.number, 0, format_args!("a row before the first heading"));
            }
            Place::End => {
                return self.faults.lost(line.number, 0, format_args!("a row after the end marker"));
            }
            Place::Text | Place::Table(_) => {}
        }
        let table = self.table();
        if line.end == LineEnd::Missing && table != Some(Table::Tracks) {
            return self.faults.lost(line.number, 0, format_args!("the file ends within this row"));
        }
        let Some(table) = table else {
            self.keep(line);
            return Ok(());
        };
        if matches!(self.columns, Known::NotYet) {
            let name = table.heading();
            let what = format_args!("{name} has no column line; its columns are guessed from this row");
            self.faults.note(line.number, 0, what);
            let (columns, names) = Columns::guess(table, line.bytes);
            self.use_columns(table, columns);
            if !table.is_kept_as_text() {
                self.layout.push_line(&format!("# {names}"));
            }
        }
        if table.is_kept_as_text() || matches!(self.columns, Known::Never) {
            self.keep(line);
        }
        self.table_row(table, line)
    }

    fn table_row(&mut self, table: Table, line: Line) -> Result<(), ReadError> {
        if !self.room_for(table, line)? {
            return Ok(());
        }
        let Known::Yes(columns) = &self.columns else { return Ok(()) };
        let (limits, faults, round) = (&self.options.limits, &mut self.faults, &mut self.round);
        self.seen.track_rows += u64::from(table == Table::Tracks);
        let result = match table {
            Table::Tracks => track::read(line, columns, limits, &mut self.tails, faults).map(|mut track| {
                if round.meta.recordings.is_some() {
                    health::take_marks(&mut track);
                }
                round.tracks.push(track);
            }),
            Table::Engagements => {
                engagement::read(line, columns, faults).map(|engagement| round.engagements.push(engagement))
            }
            Table::KillHeatmap => {
                heatmap::read_kills(line, columns).map(|cell| round.kill_cells.push(cell)).map_err(Into::into)
            }
            Table::MovementHeatmap => heatmap::read_movement(line, columns)
                .map(|cell| round.movement_cells.push(cell))
                .map_err(Into::into),
            Table::Revives => revive::read(line, columns, faults)
                .map(|revive| round.revives.push(revive))
                .map_err(Into::into),
            Table::Construction => objective::construction(line, columns, faults)
                .map(|event| round.meta.objectives.push(event))
                .map_err(Into::into),
            Table::Carried => objective::carried(line, columns, faults)
                .map(|event| round.meta.objectives.push(event))
                .map_err(Into::into),
            Table::Returned => objective::returned(line, columns, faults)
                .map(|event| round.meta.objectives.push(event))
                .map_err(Into::into),
        };
        match result {
            Ok(()) if table.is_kept_as_text() => {}
            Ok(()) => {
                let unknown = if columns.has_unknown() { columns.unknown_fields(line) } else { Vec::new() };
                let texts =
                    unknown.iter().map(|field| field.text("an unknown column", line.number, faults).into());
                self.layout.push_row(table, columns, texts.collect());
            }
            Err(RowError::Fatal(error)) => return Err(error),
            Err(RowError::Fault(fault)) => {
                self.seen.damage(table);
                faults.lost(line.number, fault.offset, format_args!("{}", fault.what))?;
            }
        }
        Ok(())
    }

    /// Whether another row of `table` is within the limits; says once when it is not.
    fn room_for(&mut self, table: Table, line: Line) -> Result<bool, ReadError> {
        let (round, limits) = (&self.round, &self.options.limits);
        let (rows, limit) = match table {
            Table::Tracks => (round.tracks.len(), limits.lives),
            Table::Engagements => (round.engagements.len(), limits.engagements),
            Table::KillHeatmap => (round.kill_cells.len(), limits.other_rows),
            Table::MovementHeatmap => (round.movement_cells.len(), limits.other_rows),
            Table::Revives => (round.revives.len(), limits.other_rows),
            Table::Construction | Table::Carried | Table::Returned => {
                (round.meta.objectives.len(), limits.other_rows.min(objective::MOST))
            }
        };
        if rows < limit {
            return Ok(true);
        }
        if !self.seen.full.contains(&table) {
            self.seen.full.push(table);
            self.seen.damage(table);
            let name = table.heading();
            let why = format_args!("more than {limit} rows in {name}; this row and the rest are left out");
            self.faults.lost(line.number, 0, why)?;
        }
        Ok(false)
    }

    fn finish(mut self, magic: u32, last: Line) -> Read {
        if self.header.place_of("map").is_none() {
            self.faults.note(1, 0, format_args!("the header has no map"));
        }
        let evidence = Evidence {
            header: &self.header,
            meta: &self.round.meta,
            magic,
            death_type: self.seen.death_type,
            reaction_metrics: self.seen.reaction_metrics,
        };
        self.round.meta.family = evidence.family();
        self.round.meta.objectives.sort_by_key(ObjectiveEvent::order);
        self.seen.open = self.table();
        truncation::look_for_signs(&self.round, &self.header, &self.seen, last, &mut self.faults);
        self.round.meta.complete = self.faults.complete();
        let (warnings, faults) = self.faults.finish();
        Read { file: TrackerFile { round: self.round, layout: self.layout }, warnings, faults }
    }
}
