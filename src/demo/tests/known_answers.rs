//! Bits and states that the engine's own code wrote, decoded and encoded.

use serde_json::Value;

use super::writer::BitWriter;
use super::{from_hex, json};
use crate::demo::bits::{BitReader, CODES};
use crate::demo::delta::fields::{ENTITY_FIELDS, PLAYER_FIELDS, SHARED_FIELDS};
use crate::demo::delta::{Entity, PlayerState, Shared, read_entity, read_player, read_shared};

/// Sets the fields that a JSON object names.
pub(super) fn set_fields(fields: &mut [u32], table: &[(&str, i8)], values: &Value) {
    for (name, value) in values.as_object().into_iter().flatten() {
        let Some(place) = table.iter().position(|(known, _)| known == name) else { continue };
        fields[place] = match table[place].1 {
            0 => (value.as_f64().unwrap() as f32).to_bits(),
            _ => value.as_i64().unwrap() as u32,
        };
    }
}

fn set_arrays(state: &mut PlayerState, values: &Value) {
    for (name, values) in values.as_object().into_iter().flatten() {
        for (place, value) in values.as_object().unwrap() {
            let (place, value) = (place.parse::<usize>().unwrap(), value.as_i64().unwrap());
            match name.as_str() {
                "stats" => state.stats[place] = value as i16,
                "persistant" => state.persistant[place] = value as i16,
                "holdable" => state.holdable[place] = value as i16,
                "powerups" => state.powerups[place] = value as i32,
                "ammo" => state.ammo[place] = value as i16,
                "ammoclip" => state.clip[place] = value as i16,
                other => panic!("no array {other}"),
            }
        }
    }
}

fn entity(number: u16, values: &Value) -> Entity {
    let mut entity = Entity::zero(number);
    set_fields(&mut entity.fields, &ENTITY_FIELDS, values);
    entity
}

fn shared(values: &Value) -> Shared {
    let mut shared = Shared::default();
    set_fields(&mut shared.fields, &SHARED_FIELDS, values);
    shared
}

fn player(values: &Value) -> PlayerState {
    let mut state = PlayerState::ZERO;
    set_fields(&mut state.fields, &PLAYER_FIELDS, values);
    state
}

#[test]
fn codes_and_field_tables_are_the_engines() {
    let answers = json("known_answers.json");
    for (byte, code) in answers["huffman_codes"].as_array().unwrap().iter().enumerate() {
        let (length, value) = CODES[byte];
        let text: String = (0..length).map(|bit| if value >> bit & 1 == 1 { '1' } else { '0' }).collect();
        assert_eq!(text, code.as_str().unwrap(), "byte {byte}");
    }
    for (name, table) in [
        ("entity_fields", &ENTITY_FIELDS[..]),
        ("player_fields", &PLAYER_FIELDS),
        ("ettv_shared_fields", &SHARED_FIELDS),
    ] {
        let expected: Vec<(&str, i8)> = answers[name]
            .as_array()
            .unwrap()
            .iter()
            .map(|pair| {
                let width = &pair[1];
                let width = width.as_i64().unwrap_or_else(|| width.as_str().unwrap().parse().unwrap());
                (pair[0].as_str().unwrap(), width as i8)
            })
            .collect();
        assert_eq!(expected, table, "{name}");
    }
}

#[test]
fn every_known_answer_is_read_and_written_to_the_bit() {
    let answers = json("known_answers.json");
    let vectors = answers["vectors"].as_array().unwrap();
    assert_eq!(vectors.len(), 58);
    // The vectors of arrays go on from one another.
    let mut arrays_before = PlayerState::ZERO;
    for vector in vectors {
        let id = vector["id"].as_str().unwrap();
        let (bytes, length) = (from_hex(vector["hex"].as_str().unwrap()), vector["bits"].as_u64().unwrap());
        let mut reader = BitReader::new(&bytes);
        let mut writer = BitWriter::default();
        let number = vector["number"].as_u64().unwrap_or(0) as u16;
        match vector["op"].as_str().unwrap() {
            "bits" => numbers(vector, &mut reader, &mut writer),
            "string" | "bigstring" => {
                let text = vector["text"].as_str().unwrap();
                assert_eq!(reader.text(8192, &mut Vec::new()).unwrap(), text.replace('%', "."), "{id}");
                writer.text(text.as_bytes());
            }
            "entity" => {
                let from = entity(number, &vector["from"]);
                let to = vector["to"].is_object().then(|| entity(number, &vector["to"]));
                assert_eq!(reader.bits(10).unwrap(), u32::from(number), "{id}");
                let read = read_entity(&mut reader, &from, number).unwrap();
                assert_eq!(read, to, "{id}");
                writer.bits(number.into(), 10);
                writer.entity(&from, to.as_ref());
            }
            "playerstate" => {
                let from = if vector["from"].is_string() { arrays_before } else { player(&vector["from"]) };
                let mut to = if vector["to"].is_object() { player(&vector["to"]) } else { from };
                set_arrays(&mut to, &vector["to_arrays"]);
                let mut state = from;
                read_player(&mut reader, &mut state).unwrap();
                assert_eq!(state, to, "{id}");
                writer.player(&from, &to);
                arrays_before = to;
            }
            "shared" => {
                let from = shared(&vector["from"]);
                let to = vector["to"].is_object().then(|| shared(&vector["to"]));
                assert_eq!(read_shared(&mut reader, &from).unwrap(), to.unwrap_or_default(), "{id}");
                writer.shared(&from, to.as_ref());
            }
            other => panic!("no operation {other}"),
        }
        assert_eq!(reader.position() as u64, length, "{id}: bits read");
        assert_eq!(writer.at as u64, length, "{id}: bits written");
        assert_eq!(writer.bytes, bytes[..writer.bytes.len()], "{id}");
    }
}

/// A vector of plain numbers, or of a command.
fn numbers(vector: &Value, reader: &mut BitReader, writer: &mut BitWriter) {
    let id = vector["id"].as_str().unwrap();
    let Some(writes) = vector["writes"].as_array() else {
        assert_eq!(reader.byte().unwrap(), 5, "{id}");
        assert_eq!(reader.long().unwrap(), 17, "{id}");
        assert_eq!(reader.text(1024, &mut Vec::new()).unwrap(), "cs 5 \"12345\"", "{id}");
        writer.byte(5);
        writer.long(17);
        writer.text(b"cs 5 \"12345\"");
        return;
    };
    for pair in writes {
        let (value, width) =
            (pair[0].as_i64().unwrap() as i32, pair[1].as_i64().unwrap().unsigned_abs() as u32);
        let mask = u32::MAX >> (32 - width);
        assert_eq!(reader.bits(width).unwrap(), value as u32 & mask, "{id}");
        writer.bits(value as u32 & mask, width);
    }
}
