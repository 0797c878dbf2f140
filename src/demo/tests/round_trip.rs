//! States to bits and back: what was written is what is read.

use proptest::collection::{btree_set, vec};
use proptest::prelude::*;

use super::data;
use super::engine_written::replay;
use super::writer::{BitWriter, DemoWriter};
use crate::demo::bits::BitReader;
use crate::demo::delta::fields::{ENTITY_FIELDS, PLAYER_FIELDS, SHARED_FIELDS};
use crate::demo::delta::{Entity, PlayerState, Shared};
use crate::demo::file::container::{Records, Step};
use crate::demo::message::{self, Arrival, Received, Scratch, operation};
use crate::demo::state::{Connection, Snapshot};

/// A field's value as it can travel: within its width, floats of every kind.
fn fit(table: &[(&str, i8)], fields: &mut [u32]) {
    for (field, (_, width)) in fields.iter_mut().zip(table) {
        *field = match *width {
            // Every other float is a small whole number, which travels in another way.
            0 if *field % 2 == 0 => ((*field as i32 >> 18) as f32).to_bits(),
            0 | 32 => *field,
            width @ 1.. => *field & ((1 << width) - 1),
            width => {
                let shift = 32 - u32::from(width.unsigned_abs());
                ((*field << shift) as i32 >> shift) as u32
            }
        };
    }
}

fn sparse<const N: usize>() -> impl Strategy<Value = [u32; N]> {
    vec((0..N, any::<u32>()), 0..12).prop_map(|changes| {
        let mut fields = [0; N];
        for (place, value) in changes {
            fields[place] = value;
        }
        fields
    })
}

fn player() -> impl Strategy<Value = PlayerState> {
    let arrays =
        (any::<[i16; 16]>(), any::<[i16; 16]>(), any::<[i32; 16]>(), vec((0..64_usize, any::<i16>()), 0..4));
    (sparse(), proptest::option::of(arrays)).prop_map(|(fields, arrays)| {
        let mut state = PlayerState { fields, ..PlayerState::ZERO };
        fit(&PLAYER_FIELDS, &mut state.fields);
        if let Some((stats, persistant, powerups, ammo)) = arrays {
            state = PlayerState { stats, persistant, powerups, ..state };
            for (place, value) in ammo {
                state.ammo[place] = value;
                state.clip[63 - place] = value;
            }
        }
        state
    })
}

fn snapshot() -> impl Strategy<Value = Snapshot> {
    let entity = |number| {
        (sparse(), sparse()).prop_map(move |(fields, shared)| {
            let (mut entity, mut shared) = (Entity { number, fields }, Shared { fields: shared });
            fit(&ENTITY_FIELDS, &mut entity.fields);
            fit(&SHARED_FIELDS, &mut shared.fields);
            (entity, shared)
        })
    };
    let entities =
        btree_set(0_u16..1023, 0..8).prop_flat_map(move |n| n.into_iter().map(entity).collect::<Vec<_>>());
    let players = btree_set(0_u8..64, 0..4)
        .prop_flat_map(|slots| slots.into_iter().map(|slot| (Just(slot), player())).collect::<Vec<_>>());
    (any::<i32>(), any::<u8>(), player(), entities, players).prop_map(
        |(server_time, flags, player, entities, players)| {
            let (entities, shared) = entities.into_iter().unzip();
            Snapshot { sequence: 0, server_time, flags: flags.into(), player, entities, shared, players }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_states_come_back_from_a_demo(snapshots in vec(snapshot(), 1..6), tv in any::<bool>()) {
        let mut writer = DemoWriter::new(tv);
        writer.gamestate(&[(0, r"\mapname\m\gamename\legacy")], 3);
        let mut expected = snapshots;
        for (place, snapshot) in expected.iter_mut().enumerate() {
            if !tv {
                snapshot.shared.clear();
                snapshot.players.clear();
            }
            snapshot.sequence = 101 + place as i32;
            writer.snapshot(&["print \"nothing\""], snapshot);
        }
        let mut read = Vec::new();
        let (connection, ..) = replay(&writer.finish(), |_, snapshot| read.extend(snapshot.cloned()));
        prop_assert_eq!(connection.tv, tv);
        prop_assert_eq!(read.len(), expected.len());
        for (read, expected) in read.iter().zip(&expected) {
            prop_assert_eq!(format!("{read:?}"), format!("{expected:?}"));
        }
    }
}

/// Reads each message of a demo and writes its snapshot again. Gives the number of snapshots, and how many of them came out
/// the same to the bit.
fn rewrite(bytes: &[u8]) -> (usize, usize) {
    let mut records = Records::new(bytes);
    let mut connection = Connection::new();
    let (mut payload, mut scratch, mut received) = (Vec::new(), Scratch::default(), Received::default());
    let (mut snapshots, mut same) = (0, 0);
    while let Step::Record(sequence) = records.next(&mut payload).unwrap() {
        let bases: Vec<Option<Snapshot>> =
            (0..64).map(|back| connection.history.get(sequence - back).cloned()).collect();
        message::read(&payload, sequence, &mut connection, &mut scratch, &mut received).unwrap();
        let Some(snapshot) = connection.history.get(sequence).filter(|_| received.snapshot == Arrival::Kept)
        else {
            continue;
        };
        same += usize::from(rewrite_message(&payload, snapshot, &bases, &connection));
        snapshots += 1;
    }
    (snapshots, same)
}

/// Whether a message comes out as it was.
fn rewrite_message(
    payload: &[u8],
    snapshot: &Snapshot,
    bases: &[Option<Snapshot>],
    connection: &Connection,
) -> bool {
    let mut reader = BitReader::new(payload);
    let mut writer = BitWriter::default();
    writer.long(reader.long().unwrap());
    let mut base = None;
    loop {
        let operation = reader.byte().unwrap();
        writer.byte(operation);
        match operation {
            operation::COMMAND => {
                writer.long(reader.long().unwrap());
                let text: Vec<u8> =
                    std::iter::from_fn(|| Some(reader.byte().unwrap() as u8).filter(|b| *b != 0)).collect();
                writer.text(&text);
            }
            operation::SNAPSHOT => {
                writer.long(reader.long().unwrap());
                let back = reader.byte().unwrap();
                writer.byte(back);
                writer.byte(reader.byte().unwrap());
                let areas = reader.byte().unwrap();
                writer.byte(areas);
                (0..areas).for_each(|_| writer.byte(reader.byte().unwrap()));
                base = bases[back as usize].as_ref().filter(|_| back > 0);
                writer.player(base.map_or(&PlayerState::ZERO, |base| &base.player), &snapshot.player);
                writer.entities(base, snapshot, |number| connection.baseline(number), connection.tv);
            }
            operation::PLAYERS => writer.players(base, snapshot),
            operation::END => break,
            _ => {}
        }
        if !begins_with(payload, &writer) {
            return false;
        }
        reader.skip_to(writer.at);
    }
    begins_with(payload, &writer)
}

/// Whether all bits that were written are the payload's.
fn begins_with(payload: &[u8], writer: &BitWriter) -> bool {
    let whole = writer.at / 8;
    let last =
        |bytes: &[u8]| u16::from(bytes.get(whole).copied().unwrap_or(0)) & ((1 << (writer.at % 8)) - 1);
    payload.get(..whole) == Some(&writer.bytes[..whole]) && last(&writer.bytes) == last(payload)
}

#[test]
fn what_the_engine_wrote_is_written_again_to_the_bit() {
    for name in ["engine_written.dm_84", "engine_written.tv_84"] {
        assert_eq!(rewrite(&data(name)), (454, 454), "{name}");
    }
}

#[test]
#[ignore = "needs real demos: PROXIMITY_DEMOS=FOLDER"]
fn what_servers_sent_is_written_again() {
    let folder = std::env::var_os("PROXIMITY_DEMOS").expect("PROXIMITY_DEMOS names the folder of real demos");
    let recorded = std::path::Path::new(&folder).join("recorded");
    let (mut snapshots, mut same) = (0, 0);
    for entry in std::fs::read_dir(recorded).unwrap() {
        let path = entry.unwrap().path();
        // A game server's own demo has another framing.
        if path.extension().is_some_and(|ending| ending == "dm_84" || ending == "tv_84") {
            let of_file = rewrite(&std::fs::read(path).unwrap());
            (snapshots, same) = (snapshots + of_file.0, same + of_file.1);
        }
    }
    // A velocity of minus zero counts as a change for the server, and is sent as zero: no state tells of it.
    assert!(snapshots > 10_000 && same * 100 >= snapshots * 98, "{same} of {snapshots}");
}
