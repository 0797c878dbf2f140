//! Rows of `CONSTRUCTION_EVENTS`, `CARRIER_EVENTS` and `CARRIER_RETURNS`, made from what the model holds of them.

use crate::format::table::Table;
use crate::model::{ObjectiveDeed, ObjectiveEvent, Round};

/// The three sections that a round has rows for, in the order in which trackers write them.
pub(crate) fn sections(round: &Round) -> Vec<(Table, Vec<String>)> {
    let tables = [Table::Carried, Table::Returned, Table::Construction];
    let rows = |table| {
        let of = round.meta.objectives.iter().filter(|event| table_of(event) == table);
        of.map(|event| row(event, round)).collect::<Vec<_>>()
    };
    tables.map(|table| (table, rows(table))).into_iter().filter(|(_, rows)| !rows.is_empty()).collect()
}

fn table_of(event: &ObjectiveEvent) -> Table {
    match event.deed {
        ObjectiveDeed::Work(_) => Table::Construction,
        ObjectiveDeed::Carry { .. } => Table::Carried,
        ObjectiveDeed::Return => Table::Returned,
    }
}

fn row(event: &ObjectiveEvent, round: &Round) -> String {
    let ObjectiveEvent { time, team, deed, objective, at } = event;
    let life = at.and_then(|at| round.life_at(*time, team, at));
    let (guid, name) = life.map_or(("", ""), |life| (life.guid.as_str(), life.name.as_str()));
    let (time, team) = (time.0, team.as_str());
    let place = at.map_or(";;".to_owned(), |at| format!("{:.1};{:.1};{:.1}", at.x, at.y, at.z));
    match deed {
        ObjectiveDeed::Work(kind) => format!("{time};{kind};{guid};{name};{team};{objective};{place}"),
        ObjectiveDeed::Carry { until, outcome } => {
            let (until, lasted) = until.map_or((String::new(), String::new()), |until| {
                (until.0.to_string(), i64::from(until.0).saturating_sub(time.into()).to_string())
            });
            format!("{guid};{name};{team};{objective};{time};{until};{lasted};{outcome};;;;;{place};;;;;")
        }
        ObjectiveDeed::Return => format!("{time};{guid};{name};{team};{objective};;;;{place}"),
    }
}
