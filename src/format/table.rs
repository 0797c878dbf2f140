//! The tables that are read into the model, and which of a row's fields holds what.

use crate::format::read::lines::{Line, LineEnd};
use crate::format::read::value::fault::{Fault, What};
use crate::format::read::value::field::Field;

/// A section whose rows are read into the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Table {
    Engagements,
    Tracks,
    KillHeatmap,
    MovementHeatmap,
    Revives,
    Construction,
    Carried,
    Returned,
}

impl Table {
    pub(crate) const ALL: [Self; 8] = [
        Self::Engagements,
        Self::Tracks,
        Self::KillHeatmap,
        Self::MovementHeatmap,
        Self::Revives,
        Self::Construction,
        Self::Carried,
        Self::Returned,
    ];

    /// Whether its rows are kept as text beside the model, which holds only part of them.
    pub(crate) fn is_kept_as_text(self) -> bool {
        match self {
            Self::Engagements | Self::Tracks | Self::KillHeatmap | Self::MovementHeatmap => false,
            Self::Revives | Self::Construction | Self::Carried | Self::Returned => true,
        }
    }

    pub(crate) fn heading(self) -> &'static str {
        match self {
            Self::Engagements => "ENGAGEMENTS",
            Self::Tracks => "PLAYER_TRACKS",
            Self::KillHeatmap => "KILL_HEATMAP",
            Self::MovementHeatmap => "MOVEMENT_HEATMAP",
            Self::Revives => "REVIVES",
            Self::Construction => "CONSTRUCTION_EVENTS",
            Self::Carried => "CARRIER_EVENTS",
            Self::Returned => "CARRIER_RETURNS",
        }
    }

    /// The columns, in the order in which a row's reader takes them apart.
    pub(crate) fn columns(self) -> &'static str {
        match self {
            Self::Engagements => {
                "id;start_time;end_time;duration;target_guid;target_name;target_team;outcome;total_damage;\
                 killer_guid;killer_name;num_attackers;is_crossfire;crossfire_delay;crossfire_participants;\
                 start_x;start_y;start_z;end_x;end_y;end_z;distance_traveled;positions;attackers"
            }
            Self::Tracks => {
                "guid;name;team;class;spawn_time;death_time;first_move_time;death_type;samples;path"
            }
            Self::KillHeatmap => "grid_x;grid_y;axis_kills;allies_kills",
            Self::MovementHeatmap => "grid_x;grid_y;traversal;combat;escape",
            Self::Revives => {
                "time;medic_guid;medic_name;revived_guid;revived_name;x;y;z;distance_to_enemy;\
                 nearest_enemy_guid;under_fire"
            }
            Self::Construction => {
                "event_time;event_type;player_guid;player_name;player_team;track_name;\
                 player_x;player_y;player_z"
            }
            Self::Carried => {
                "carrier_guid;carrier_name;carrier_team;flag_team;pickup_time;drop_time;duration_ms;outcome;\
                 carry_distance;beeline_distance;efficiency;path_samples;pickup_x;pickup_y;pickup_z;\
                 drop_x;drop_y;drop_z;killer_guid;killer_name"
            }
            Self::Returned => {
                "return_time;returner_guid;returner_name;returner_team;flag_team;original_carrier_guid;\
                 drop_time;return_delay_ms;drop_x;drop_y;drop_z"
            }
        }
    }

    /// Columns a file may lack.
    fn optional(self) -> &'static [&'static str] {
        match self {
            Self::Tracks => &["death_type"],
            Self::Revives => &["medic_name", "distance_to_enemy", "nearest_enemy_guid", "under_fire"],
            Self::Construction => &["player_guid", "player_name", "player_x", "player_y", "player_z"],
            Self::Carried => &[
                "carrier_guid",
                "carrier_name",
                "flag_team",
                "drop_time",
                "duration_ms",
                "outcome",
                "carry_distance",
                "beeline_distance",
                "efficiency",
                "path_samples",
                "pickup_x",
                "pickup_y",
                "pickup_z",
                "drop_x",
                "drop_y",
                "drop_z",
                "killer_guid",
                "killer_name",
            ],
            Self::Returned => &[
                "returner_guid",
                "returner_name",
                "flag_team",
                "original_carrier_guid",
                "drop_time",
                "return_delay_ms",
                "drop_x",
                "drop_y",
                "drop_z",
            ],
            Self::Engagements | Self::KillHeatmap | Self::MovementHeatmap => &[],
        }
    }
}

/// `PLAYER_TRACKS` of tracker 4.0.
pub(crate) const NINE_TRACK_COLUMNS: &str =
    "guid;name;team;class;spawn_time;death_time;first_move_time;samples;path";

/// Place of `death_type` among the columns of `PLAYER_TRACKS`.
const DEATH_TYPE: usize = 7;

/// For each field of a row, which column of its [`Table`] it is; `None` for a column this program does not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Columns {
    slots: Vec<Option<usize>>,
}

/// How a column line was understood.
pub(crate) enum Understood {
    ByName(Columns),
    /// A name or two are damaged.
    ByPlace(Columns, Missing),
    Not(Missing),
    TooMany,
}

/// No tracker has nearly as many columns.
const MOST_COLUMNS: usize = 100;

/// A column that a table cannot do without.
pub(crate) struct Missing(pub(crate) &'static str);

impl Columns {
    /// Columns as this program writes them; `line` is one of the known column lines.
    pub(crate) fn known(table: Table, line: &str) -> Self {
        Self { slots: slots(table, line.as_bytes()) }
    }

    /// Columns by their names in a file's column line.
    pub(crate) fn from_line(table: Table, line: &[u8]) -> Understood {
        if memchr::memchr_iter(b';', line).count() >= MOST_COLUMNS {
            return Understood::TooMany;
        }
        let slots = slots(table, line);
        let missing = table
            .columns()
            .split(';')
            .enumerate()
            .find(|(index, name)| !slots.contains(&Some(*index)) && !table.optional().contains(name));
        let Some((_, missing)) = missing else { return Understood::ByName(Self { slots }) };
        let known = [table.columns(), NINE_TRACK_COLUMNS];
        let known = &known[..if table == Table::Tracks { 2 } else { 1 }];
        match known.iter().find(|known| nearly_equal(known, line)) {
            Some(known) => Understood::ByPlace(Self::known(table, known), Missing(missing)),
            None => Understood::Not(Missing(missing)),
        }
    }

    /// Columns of a table without a column line, guessed from its first row, and the line that should be there.
    ///
    /// Only `PLAYER_TRACKS` ever changed: where tracker 4.0 wrote the number of samples, later ones write the death
    /// type. The number of fields is not safe, because an empty path may have been trimmed with its separator.
    pub(crate) fn guess(table: Table, row: &[u8]) -> (Self, &'static str) {
        let eighth = row.split(|&b| b == b';').nth(DEATH_TYPE).unwrap_or_default();
        let nine = table == Table::Tracks && !eighth.is_empty() && eighth.iter().all(u8::is_ascii_digit);
        let names = if nine { NINE_TRACK_COLUMNS } else { table.columns() };
        (Self::known(table, names), names)
    }

    /// Whether lives have a `death_type`: trackers from 4.1 on write it.
    pub(crate) fn have_death_type(&self) -> bool {
        self.slots.contains(&Some(DEATH_TYPE))
    }

    /// Whether there are columns this program does not know.
    pub(crate) fn has_unknown(&self) -> bool {
        self.slots.contains(&None)
    }

    pub(crate) fn slots(&self) -> &[Option<usize>] {
        &self.slots
    }

    /// Takes a row apart: its known fields in the table's order, empty where the table lacks a column. The last field
    /// takes the rest of the line. If it is missing together with its separator it was empty and got trimmed, unless
    /// the file ends here.
    pub(crate) fn split<'a, const N: usize>(&self, line: Line<'a>) -> Result<[Field<'a>; N], Fault<'a>> {
        let mut fields = [Field { offset: line.bytes.len(), bytes: b"" }; N];
        self.each(line, |slot, field| {
            if let Some(index) = slot {
                fields[index] = field;
            }
        })?;
        Ok(fields)
    }

    /// The fields of a row that belong to unknown columns.
    pub(crate) fn unknown_fields<'a>(&self, line: Line<'a>) -> Vec<Field<'a>> {
        let mut fields = Vec::new();
        let row = self.each(line, |slot, field| {
            if slot.is_none() {
                fields.push(field);
            }
        });
        debug_assert!(row.is_ok(), "only asked of rows that were read");
        fields
    }

    fn each<'a>(
        &self,
        line: Line<'a>,
        mut take: impl FnMut(Option<usize>, Field<'a>),
    ) -> Result<(), Fault<'a>> {
        let (mut offset, expected) = (0, self.slots.len());
        for (place, &slot) in self.slots.iter().enumerate() {
            let Some(rest) = line.bytes.get(offset..) else {
                if place + 1 == expected && line.end != LineEnd::Missing {
                    break;
                }
                return Err(Fault {
                    offset: line.bytes.len(),
                    what: What::Fields { found: place, expected },
                });
            };
            let last = place + 1 == expected;
            let end = if last { None } else { memchr::memchr(b';', rest) }.unwrap_or(rest.len());
            take(slot, Field { offset, bytes: &rest[..end] });
            offset += end + 1;
        }
        Ok(())
    }
}

/// Whether `line` is the column line `known` but for a damaged name or two.
fn nearly_equal(known: &str, line: &[u8]) -> bool {
    let names = || line.split(|&b| b == b';');
    let damaged = known.split(';').zip(names()).filter(|(known, name)| known.as_bytes() != *name).count();
    names().count() == known.split(';').count() && damaged <= 2
}

fn slots(table: Table, line: &[u8]) -> Vec<Option<usize>> {
    let mut slots: Vec<Option<usize>> = Vec::new();
    for name in line.split(|&b| b == b';') {
        let index = table.columns().split(';').position(|known| known.as_bytes() == name);
        slots.push(index.filter(|_| !slots.contains(&index)));
    }
    slots
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Line<'_> {
        Line { number: 1, bytes: text.as_bytes(), ahead: text.as_bytes(), end: LineEnd::Feed }
    }

    fn texts<const N: usize>(columns: &Columns, text: &'static str) -> Option<[&'static str; N]> {
        let fields = columns.split::<N>(line(text)).ok()?;
        Some(fields.map(|f| std::str::from_utf8(f.bytes).unwrap()))
    }

    #[test]
    fn columns_are_found_by_name_in_any_order() {
        let Understood::ByName(columns) =
            Columns::from_line(Table::KillHeatmap, b"grid_y;new;allies_kills;grid_x;axis_kills;grid_x")
        else {
            panic!("every name is there")
        };
        assert_eq!(texts(&columns, "1;x;2;3;4;5").unwrap(), ["3", "1", "4", "2"]);
        let unknown: Vec<_> = columns.unknown_fields(line("1;x;2;3;4;5")).iter().map(|f| f.bytes).collect();
        assert_eq!(unknown, [b"x", b"5"]);
    }

    #[test]
    fn a_damaged_column_line_is_understood_by_place() {
        let understood = Columns::from_line(Table::KillHeatmap, b"grid_x;grid#y;axis_kills;allies_kills");
        let Understood::ByPlace(columns, Missing("grid_y")) = understood else { panic!("four columns") };
        assert_eq!(texts(&columns, "1;2;3;4").unwrap(), ["1", "2", "3", "4"]);
        let understood = Columns::from_line(Table::KillHeatmap, b"grid_x;axis_kills;allies_kills");
        assert!(matches!(understood, Understood::Not(Missing("grid_y"))));
    }

    #[test]
    fn nine_or_ten_track_columns() {
        let with_type = |columns: &Columns| columns.have_death_type();
        let row = b"A;n;AXIS;MEDIC;0;900;;4;0,0.0";
        assert!(!with_type(&Columns::guess(Table::Tracks, row).0));
        assert!(with_type(&Columns::guess(Table::Tracks, b"A;n;AXIS;MEDIC;0;900;;killed;0").0));
        let nine = Columns::known(Table::Tracks, NINE_TRACK_COLUMNS);
        let fields: [&str; 10] = texts(&nine, "g;n;t;c;1;2;3;0;").unwrap();
        assert_eq!(fields, ["g", "n", "t", "c", "1", "2", "3", "", "0", ""]);
    }

    #[test]
    fn an_empty_last_field_may_be_trimmed_but_no_other() {
        let four = Columns::known(Table::KillHeatmap, Table::KillHeatmap.columns());
        assert_eq!(texts(&four, "1;2;3").unwrap(), ["1", "2", "3", ""]);
        assert_eq!(texts(&four, "1;2;3;4;5").unwrap(), ["1", "2", "3", "4;5"]);
        assert!(texts::<4>(&four, "1;2").is_none());
        let cut = Line { end: LineEnd::Missing, ..line("1;2;3") };
        let fault = four.split::<4>(cut).unwrap_err();
        assert_eq!(fault.what.to_string(), "3 fields, expected 4");
    }
}
