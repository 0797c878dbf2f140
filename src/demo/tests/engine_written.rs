//! Whole demos that the engine's own code wrote, with the states that went into them.

use serde_json::Value;

use super::known_answers::set_fields;
use super::{data, from_hex, json};
use crate::demo::delta::Entity;
use crate::demo::delta::fields::{ENTITY_FIELDS, PLAYER_FIELDS, SHARED_FIELDS, entity, player};
use crate::demo::file::container::{End, Records, Step};
use crate::demo::message::{self, Arrival, Received, Scratch};
use crate::demo::state::{Connection, Snapshot};

/// Reads every message; gives each snapshot that was kept or lost to `each`.
pub(super) fn replay(bytes: &[u8], mut each: impl FnMut(i32, Option<&Snapshot>)) -> (Connection, u64, End) {
    let mut records = Records::new(bytes);
    let mut connection = Connection::new();
    let (mut payload, mut scratch, mut received) = (Vec::new(), Scratch::default(), Received::default());
    loop {
        match records.next(&mut payload).unwrap() {
            Step::End(end) => return (connection, records.count, end),
            Step::Record(sequence) => {
                message::read(&payload, sequence, &mut connection, &mut scratch, &mut received).unwrap();
                match received.snapshot {
                    Arrival::None => {}
                    Arrival::Kept => each(sequence, connection.history.get(sequence)),
                    Arrival::LostBase => each(sequence, None),
                }
            }
        }
    }
}

#[test]
fn the_mini_demos_hold_every_field_that_went_in() {
    for (name, mini) in json("known_answers.json")["mini_demos"].as_object().unwrap() {
        let bytes = from_hex(mini["hex"].as_str().unwrap());
        let mut expected = mini["snapshots"].as_array().unwrap().iter();
        let (connection, _, end) = replay(&bytes, |sequence, snapshot| {
            let (snapshot, truth) = (snapshot.unwrap(), expected.next().unwrap());
            assert_eq!(i64::from(sequence), truth["seq"].as_i64().unwrap());
            assert_eq!(i64::from(snapshot.server_time), truth["serverTime"].as_i64().unwrap());
            let fields = |values: &Value| {
                let mut fields = [0; PLAYER_FIELDS.len()];
                set_fields(&mut fields, &PLAYER_FIELDS, values);
                fields
            };
            assert_eq!(snapshot.player.fields, fields(&truth["playerState"]), "{name}");
            let stats: Vec<i64> = snapshot.player.stats.iter().map(|s| i64::from(*s)).collect();
            assert_eq!(serde_json::json!(stats), truth["playerState"]["stats"], "{name}");
            let entities: Vec<Entity> = truth["entities"]
                .as_object()
                .unwrap()
                .iter()
                .map(|(number, values)| {
                    let mut entity = Entity::zero(number.parse().unwrap());
                    set_fields(&mut entity.fields, &ENTITY_FIELDS, values);
                    entity
                })
                .collect();
            assert_eq!(snapshot.entities, entities, "{name}");
            for (entity, shared) in snapshot.entities.iter().zip(&snapshot.shared) {
                let mut fields = [0; SHARED_FIELDS.len()];
                set_fields(&mut fields, &SHARED_FIELDS, &truth["shared"][entity.number.to_string()]);
                assert_eq!(shared.fields, fields, "{name}: entity {}", entity.number);
            }
            for (slot, values) in truth["tv_playerstates"].as_object().into_iter().flatten() {
                let slot: u8 = slot.parse().unwrap();
                let (_, state) = snapshot.players.iter().find(|(known, _)| *known == slot).unwrap();
                assert_eq!(state.fields, fields(values), "{name}: slot {slot}");
            }
        });
        assert!(expected.next().is_none(), "{name}: snapshots are missing");
        assert_eq!(end, End::Marker);
        assert_eq!(i64::from(connection.client), mini["clientNum"].as_i64().unwrap());
        assert_eq!(i64::from(connection.checksum_feed), mini["checksumFeed"].as_i64().unwrap());
        assert_eq!(connection.tv, name.contains("tv"));
        for (number, text) in mini["configstrings_at_end"].as_object().unwrap() {
            assert_eq!(connection.config.get(number.parse().unwrap()), text.as_str().unwrap());
        }
    }
}

/// The numbers of a row of the truth, as 32-bit floats.
fn row(values: &Value) -> Vec<f32> {
    values.as_array().unwrap().iter().map(|value| value.as_f64().unwrap() as f32).collect()
}

#[test]
fn engine_written_demos_hold_their_truth() {
    for name in ["engine_written.dm_84", "engine_written.tv_84"] {
        let truth = json(&format!("{name}.truth.json"));
        let mut expected = truth["snapshots"].as_array().unwrap().iter();
        let mut lost = 0;
        let (connection, messages, end) = replay(&data(name), |sequence, snapshot| {
            let truth = expected.next().unwrap();
            assert_eq!(i64::from(sequence), truth["seq"].as_i64().unwrap(), "{name}");
            assert_eq!(snapshot.is_some(), truth["valid"].as_bool().unwrap(), "{name}: {sequence}");
            let Some(snapshot) = snapshot else {
                lost += 1;
                return;
            };
            assert_eq!(i64::from(snapshot.server_time), truth["t"].as_i64().unwrap());
            assert_eq!(snapshot.entities.len() as u64, truth["ents"].as_u64().unwrap(), "{name}: {sequence}");
            let own = &snapshot.player;
            let [x, y, z] = own.vector(player::ORIGIN);
            if !name.contains("tv_84") {
                let found = vec![x, y, z, own.stats[0].into(), own.stats[8].into()];
                assert_eq!(found, row(&truth["own"]), "{name}: {sequence}");
            }
            let seen: Vec<Vec<f32>> = snapshot
                .entities
                .iter()
                .filter(|e| e.number < 64)
                .map(|e| {
                    let ([x, y, z], [vx, vy, vz]) = (e.vector(entity::ORIGIN), e.vector(entity::VELOCITY));
                    let number = f32::from(e.number);
                    vec![
                        number,
                        x,
                        y,
                        z,
                        vx,
                        vy,
                        vz,
                        e.int(entity::FLAGS) as f32,
                        e.int(entity::WEAPON) as f32,
                    ]
                })
                .collect();
            let players: Vec<Vec<f32>> = truth["players"].as_array().unwrap().iter().map(row).collect();
            assert_eq!(seen, players, "{name}: {sequence}");
            let everyone: Vec<Vec<f32>> = snapshot
                .players
                .iter()
                .map(|(slot, state)| {
                    let [x, y, z] = state.vector(player::ORIGIN);
                    let persistant = [state.persistant[4].into(), state.persistant[9].into()];
                    let stats = [state.stats[0].into(), state.stats[8].into()];
                    [&[f32::from(*slot), x, y, z][..], &stats, &persistant].concat()
                })
                .collect();
            let tv: Vec<Vec<f32>> = truth["tv"].as_array().into_iter().flatten().map(row).collect();
            assert_eq!(everyone, tv, "{name}: {sequence}");
        });
        assert!(expected.next().is_none(), "{name}: snapshots are missing");
        assert_eq!((messages, lost, end), (457, 1, End::Marker), "{name}");
        assert_eq!(connection.tv, name.contains("tv_84"));
    }
}
