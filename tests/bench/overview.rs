//! A plan of 1024 pixels of a compiled map of four megabytes, made in code: reading it, finding where one can walk,
//! drawing it.

#[path = "../it/bsp_builder.rs"]
#[allow(
    dead_code,
    clippy::unwrap_used,
    reason = "a part of the tests' builder is enough here, and it may stop"
)]
mod bsp_builder;

use bsp_builder::{POOL, STONE, TestMap};
use divan::{Bencher, black_box, counter::BytesCount};
use proximity::basemap::overview::{FloorPlan, Overview, Tone};
use proximity::gamefiles::EntityFacts;
use proximity::gamefiles::bsp::Bsp;

/// Blocks along each side of the town, and their width, units.
const BLOCKS: i32 = 48;
const BLOCK_UNITS: i32 = 160;
/// What the issue is about: maps of the game have two to six megabytes.
const BYTES: usize = 4 << 20;
const PIXELS: u32 = 1024;

fn main() {
    divan::main();
}

/// A town on a hill: paving in steps, houses of four walls, a floor and a roof, crates, fountains and vaults.
fn town() -> Vec<u8> {
    let edge = BLOCKS * BLOCK_UNITS / 2;
    let mut map = TestMap::new(&format!(
        "{{ \"classname\" \"worldspawn\" \"mapcoordsmins\" \"-{edge} {edge}\" \"mapcoordsmaxs\" \"{edge} -{edge}\" }}\n\
         {{ \"classname\" \"team_CTF_redspawn\" \"origin\" \"-{0} 0 400\" }}\n\
         {{ \"classname\" \"team_CTF_bluespawn\" \"origin\" \"{0} 0 400\" }}\n",
        edge - BLOCK_UNITS / 2,
    ));
    let tile = BLOCK_UNITS as f32 / 4.0;
    for block in 0..BLOCKS * BLOCKS {
        let (column, row) = (block % BLOCKS, block / BLOCKS);
        let (x, y) = ((column * BLOCK_UNITS - edge) as f32, (row * BLOCK_UNITS - edge) as f32);
        let z = f64::from(column - row).abs() as f32 * 6.0;
        let side = BLOCK_UNITS as f32;
        map.solid([x, y, z - 64.0], [x + side, y + side, z], STONE);
        match (column * 7 + row * 13) % 5 {
            0 => {
                let roof = z + 160.0;
                for wall in [
                    [[x, y, z], [x + side, y + 8.0, roof]],
                    [[x, y + side - 8.0, z], [x + side, y + side, roof]],
                    [[x, y, z], [x + 8.0, y + side, roof]],
                ] {
                    map.solid(wall[0], wall[1], STONE);
                }
                map.solid([x, y, roof], [x + side, y + side, roof + 16.0], STONE);
            }
            1 => {
                map.bare([x + 20.0, y + 20.0, z], [x + side - 20.0, y + side - 20.0, z + 12.0], POOL);
            }
            2 => {
                let arch = |i: usize| {
                    let (across, along) = ((i % 3) as f32, (i / 3) as f32);
                    let rise = if i % 3 == 1 { 180.0 } else { 90.0 };
                    [x + across * side / 2.0, y + along * side / 2.0, z + rise]
                };
                map.patch(&std::array::from_fn(arch), STONE);
            }
            _ => {
                for step in 0..4 {
                    let (i, height) = (step as f32, 16.0 * (step % 3 + 1) as f32);
                    map.solid(
                        [x + i * tile, y, z],
                        [x + (i + 1.0) * tile - 4.0, y + 40.0, z + height],
                        STONE,
                    );
                }
            }
        }
    }
    // Gravel fills the file up to its size: it lies on the ground without an effect on the plan.
    let mut stone = 0;
    while map.build().len() < BYTES {
        for _ in 0..512 {
            let (x, y) = ((stone * 37 % (2 * edge) - edge) as f32, (stone * 101 % (2 * edge) - edge) as f32);
            map.solid([x, y, -64.0], [x + 12.0, y + 12.0, -40.0], STONE);
            stone += 1;
        }
    }
    map.build()
}

fn drawn(file: &[u8]) -> Option<usize> {
    let bsp = Bsp::parse(file).ok()?;
    let facts = EntityFacts::of(&bsp);
    let extent = facts.extent?;
    let overview = Overview::explore(&bsp, Some(&extent)).ok()?;
    let picture = overview.draw(&extent, PIXELS, PIXELS, FloorPlan::ALL, Tone::Picture).ok()?;
    Some(picture.as_raw().len())
}

#[divan::bench(max_time = 10)]
fn overview(bencher: Bencher) {
    let file = town();
    assert!(file.len() >= BYTES && drawn(&file).is_some(), "the town can be drawn");
    bencher.counter(BytesCount::of_slice(&file)).bench(|| drawn(black_box(&file)));
}

#[divan::bench(max_time = 3)]
fn read(bencher: Bencher) {
    let file = town();
    bencher.counter(BytesCount::of_slice(&file)).bench(|| Bsp::parse(black_box(&file)).is_ok());
}

#[divan::bench(max_time = 5)]
fn explore(bencher: Bencher) {
    let file = town();
    let Ok(bsp) = Bsp::parse(&file) else { return };
    let extent = EntityFacts::of(&bsp).extent;
    bencher.bench(|| Overview::explore(black_box(&bsp), extent.as_ref()).is_ok());
}
