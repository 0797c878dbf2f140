//! Sums over cells that are kept for long: packed tile by tile, in less than half of the room that pairs of a cell and its
//! sum would take, and added up again without looking for the tile of each cell.

use super::{SIDE, Tile, Tiles, new_tile};

/// A place further behind the one before than a byte can tell is reached by a place without a sum.
const MOST_AHEAD: usize = u8::MAX as usize;

/// Bytes of a sum.
const WIDTHS: [usize; 4] = [2, 3, 4, 8];

/// Bytes of a bit for each cell of a tile: of more sums than this, bits tell the places in less room.
const MAP_BYTES: usize = SIDE * SIDE / 8;

/// Sums over cells, packed.
#[derive(Debug, Clone, Default)]
pub(crate) struct CellSums {
    tiles: Vec<PackedTile>,
    /// Of all tiles: for each place how far it lies behind the one before, or a bit for each cell; then the sums, all as wide as
    /// the widest needs.
    bytes: Box<[u8]>,
}

#[derive(Debug, Clone, Copy)]
struct PackedTile {
    /// Which one of the grid.
    index: u32,
    places: u16,
    /// Bytes of a sum: one of [`WIDTHS`].
    width: u8,
    /// Whether bits tell the places.
    has_map: bool,
}

impl CellSums {
    pub(in crate::analysis::grid) fn of(tiles: &Tiles) -> Self {
        let (mut packed, mut bytes) = (Vec::new(), Vec::new());
        for (index, tile) in tiles.kept.iter().enumerate() {
            let Some(tile) = tile else { continue };
            let mut sums = places(tiles, index, tile);
            let most = sums.iter().map(|(_, sum)| *sum).max().unwrap_or_default();
            if most == 0 {
                continue;
            }
            let width = WIDTHS.into_iter().find(|width| most >> (8 * width - 1) <= 1).unwrap_or(8);
            let has_map = sums.len() > MAP_BYTES;
            if has_map {
                bytes.extend(map_of(&sums));
                sums.retain(|(_, sum)| *sum > 0);
            } else {
                bytes.extend(sums.iter().map(|(ahead, _)| *ahead));
            }
            for (_, sum) in &sums {
                bytes.extend_from_slice(&sum.to_le_bytes()[..width]);
            }
            let (index, places, width) = (index as u32, sums.len() as u16, width as u8);
            packed.push(PackedTile { index, places, width, has_map });
        }
        Self { tiles: packed, bytes: bytes.into() }
    }

    /// Adds them to a grid of the same cells. Returns their sum.
    pub(in crate::analysis::grid) fn add_to(&self, tiles: &mut Tiles) -> u64 {
        let (mut all, mut rest) = (0, &*self.bytes);
        for packed in &self.tiles {
            let (index, places) = (packed.index as usize, usize::from(packed.places));
            let (told, behind) = rest.split_at(if packed.has_map { MAP_BYTES } else { places });
            let (sums, others) = behind.split_at(places * usize::from(packed.width));
            rest = others;
            let tile = tiles.kept[index].get_or_insert_with(new_tile);
            let mut passed = Vec::new();
            let mut add = |place: usize, sum: u64| {
                let cell = &mut tile[place % (SIDE * SIDE)];
                let (low, is_over) = cell.overflowing_add(sum as u32);
                *cell = low;
                let high = (sum >> 32) + u64::from(is_over);
                if high > 0 {
                    passed.push((place, high));
                }
                all += sum;
            };
            match packed.width {
                2 => packed.each(told, sums.as_chunks::<2>().0, |place, sum| {
                    add(place, u16::from_le_bytes(*sum).into());
                }),
                3 => packed.each(told, sums.as_chunks::<3>().0, |place, sum| {
                    let [a, b, c] = *sum;
                    add(place, u32::from_le_bytes([a, b, c, 0]).into());
                }),
                4 => packed.each(told, sums.as_chunks::<4>().0, |place, sum| {
                    add(place, u32::from_le_bytes(*sum).into());
                }),
                _ => packed.each(told, sums.as_chunks::<8>().0, |place, sum| {
                    add(place, u64::from_le_bytes(*sum));
                }),
            }
            for (place, high) in passed {
                tiles.add_high(index, place, high);
            }
        }
        all
    }

    /// How much memory they take, bytes.
    pub(in crate::analysis::grid) fn bytes(&self) -> usize {
        self.tiles.capacity() * size_of::<PackedTile>() + self.bytes.len()
    }
}

impl PackedTile {
    /// Gives each sum with its place.
    #[inline]
    fn each<const WIDTH: usize>(
        self,
        told: &[u8],
        sums: &[[u8; WIDTH]],
        mut take: impl FnMut(usize, &[u8; WIDTH]),
    ) {
        let mut sums = sums.iter();
        if self.has_map {
            for (word, bits) in told.as_chunks::<8>().0.iter().enumerate() {
                let mut bits = u64::from_le_bytes(*bits);
                while bits != 0
                    && let Some(sum) = sums.next()
                {
                    take(word * 64 + bits.trailing_zeros() as usize, sum);
                    bits &= bits - 1;
                }
            }
            return;
        }
        let mut place = 0;
        for (ahead, sum) in told.iter().zip(sums) {
            place += usize::from(*ahead);
            take(place, sum);
        }
    }
}

/// A bit for each cell of a tile: whether it has a sum.
fn map_of(sums: &[(u8, u64)]) -> [u8; MAP_BYTES] {
    let (mut map, mut place) = ([0_u8; MAP_BYTES], 0);
    for (ahead, sum) in sums {
        place += usize::from(*ahead);
        map[place / 8] |= u8::from(*sum > 0) << (place % 8);
    }
    map
}

/// The sums of a tile that are not 0, each with how far its place lies behind the one before.
fn places(tiles: &Tiles, index: usize, tile: &Tile) -> Vec<(u8, u64)> {
    let has_high = tiles.high.range((index, 0)..(index + 1, 0)).next().is_some();
    let high =
        |at: usize| if has_high { tiles.high.get(&(index, at)).map_or(0, |high| high << 32) } else { 0 };
    let (mut sums, mut before) = (Vec::new(), 0);
    for (at, low) in tile.iter().enumerate() {
        let sum = u64::from(*low) + high(at);
        if sum == 0 {
            continue;
        }
        while at - before > MOST_AHEAD {
            sums.push((u8::MAX, 0));
            before += MOST_AHEAD;
        }
        sums.push(((at - before) as u8, sum));
        before = at;
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_sums_are_those_that_were_packed() {
        let (columns, rows) = (130, 70);
        for (step, unit) in [(1, 3), (1, 70_000), (7, 5_000_000_000), (311, 40), (9_000, 1)] {
            let mut tiles = Tiles::default();
            tiles.prepare(columns, rows);
            for cell in (0..columns * rows).step_by(step) {
                tiles.add(cell % columns, cell / columns, cell as u64 * unit);
            }
            let packed = CellSums::of(&tiles);
            let mut again = Tiles::default();
            again.prepare(columns, rows);
            // Twice, so that low bits pass what they hold.
            assert_eq!((packed.add_to(&mut again), packed.add_to(&mut again)), (tiles.sum(), tiles.sum()));
            let mut sums = Vec::new();
            again.for_each(|column, row, sum| sums.push((row * columns + column, sum)));
            let cells = (1..columns * rows).filter(|cell| cell % step == 0);
            let expected: Vec<_> = cells.map(|cell| (cell, cell as u64 * unit * 2)).collect();
            assert!(sums == expected, "{step} {unit}");
            assert!(packed.bytes() > 0 || step > 8_000);
        }
    }

    #[test]
    fn a_usual_sum_takes_little_more_than_two_bytes() {
        let mut tiles = Tiles::default();
        tiles.prepare(SIDE, SIDE);
        (0..SIDE * SIDE).for_each(|cell| tiles.add(cell % SIDE, cell / SIDE, 1_000));
        let packed = CellSums::of(&tiles);
        assert!(packed.bytes() <= SIDE * SIDE * 2 + MAP_BYTES + 64, "{}", packed.bytes());
    }
}
