//! The bodies of the fuzz targets, on a bounded number of seeded mutations of small good inputs.

use std::fs;
use std::path::Path;

use crate::bsp_builder::{STONE, TestMap};

#[path = "../fuzz/bodies.rs"]
mod bodies;

/// Mutations of each seed.
const ROUNDS: u64 = 150;

/// Pseudo-random numbers (SplitMix64, Steele et al. 2014): the same on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }
}

/// One to four changes: a flipped bit, an absurd number, a piece cut out, doubled, or the end cut off.
fn mutated(seed: &[u8], random: &mut Random) -> Vec<u8> {
    let mut data = seed.to_vec();
    for _ in 0..=random.below(4) {
        if data.is_empty() {
            break;
        }
        let at = random.below(data.len());
        let to = (at + 1 + random.below(16)).min(data.len());
        match random.below(6) {
            0 => data[at] ^= 1 << random.below(8),
            1 => data[at] = random.next() as u8,
            2 => data[at..to].fill(if random.below(2) == 0 { 0xff } else { 0 }),
            3 => drop(data.drain(at..to)),
            4 => {
                let piece = data[at..to].to_vec();
                data.splice(at..at, piece);
            }
            _ => data.truncate(at),
        }
    }
    data
}

fn fuzz(name: &str, seeds: &[Vec<u8>], body: fn(&[u8])) {
    for (nth, seed) in seeds.iter().enumerate() {
        body(seed);
        let mut random = Random(nth as u64 + 1);
        for round in 0..ROUNDS {
            let data = mutated(seed, &mut random);
            let survived = std::panic::catch_unwind(|| body(&data));
            assert!(survived.is_ok(), "{name}: seed {nth}, mutation {round}");
        }
    }
}

/// The files of a folder below tests/data, the small ones.
fn files(folder: &str, most: usize) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(folder);
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let small = paths.iter().filter(|path| fs::metadata(path).unwrap().len() < 40_000);
    small.take(most).map(|path| fs::read(path).unwrap()).collect()
}

#[test]
fn tracker_files() {
    let seeds: Vec<Vec<u8>> = files("good", 4).into_iter().chain(files("bad", 4)).collect();
    assert!(seeds.len() >= 6);
    fuzz("tracker_text", &seeds, bodies::tracker_text);
}

#[test]
fn demos() {
    let demo =
        fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/demo/engine_written.dm_84")).unwrap();
    fuzz("demo", &[demo], bodies::demo);
}

#[test]
fn compiled_maps() {
    let mut map = TestMap::new("{ \"classname\" \"worldspawn\" }");
    map.solid([-64.0, -64.0, -8.0], [64.0, 64.0, 0.0], STONE);
    fuzz("bsp", &[map.build()], bodies::bsp);
}

#[test]
fn archives() {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for (name, bytes) in [("maps/a.bsp", &b"IBSP"[..]), ("scripts/a.arena", b"{ map \"a\" }")] {
        zip.start_file(name, options).unwrap();
        std::io::Write::write_all(&mut zip, bytes).unwrap();
    }
    fuzz("pk3", &[zip.finish().unwrap().into_inner()], bodies::pk3);
}

#[test]
fn pictures_of_maps() {
    let mut tga = vec![0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 2, 0, 24, 0];
    tga.extend([9; 12]);
    let mut packed = tga.clone();
    packed[2] = 10;
    packed.truncate(18);
    packed.extend([0x83, 1, 2, 3]);
    fuzz("tga", &[tga, packed], bodies::tga);
}

#[test]
fn descriptions() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("maps");
    fuzz("description", &[fs::read(folder.join("proximity_demo.toml")).unwrap()], bodies::description);
}

#[test]
fn requests() {
    let seeds = crate::request::PICTURES.map(|(_, json)| json.as_bytes().to_vec());
    fuzz("request", &seeds, bodies::request);
}
