//! Whether two groups of lives differ in a place by more than chance explains: a permutation test.
//!
//! The lives of both groups are shuffled and dealt again into groups of the same sizes; a difference of means that such
//! shuffles often reach says nothing. Source: Good, "Permutation, Parametric, and Bootstrap Tests of Hypotheses", 3rd ed.,
//! Springer 2005, with the observed shuffle counted among the others (Phipson & Smyth 2010).

use rayon::prelude::*;

/// How the lives are dealt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PermutationTest {
    /// How often. Default: 499, so that p can be as small as .002.
    pub count: u32,
    /// Which sequence of chance: the same seed gives the same shuffles. Default: 1.
    pub seed: u64,
}

impl Default for PermutationTest {
    fn default() -> Self {
        Self { count: 499, seed: 1 }
    }
}

/// One life's time by cell, microseconds; each cell at most once.
pub type CellTimes = Vec<(u32, u64)>;

/// For each of `cells` cells the share of shuffles (the observed one included) that differ as much in the mean time
/// per life; 1 where no player was. Two-sided: exchanging the groups changes nothing. The order of lives within a group
/// decides which shuffles are drawn, so give them in an order of their own, such as that of their files.
pub fn p_values(a: &[CellTimes], b: &[CellTimes], cells: usize, shuffles: PermutationTest) -> Vec<f32> {
    // The smaller group is dealt; for the other one the difference is the same with another sign.
    let (few, many) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let pool: Vec<&CellTimes> = few.iter().chain(many).collect();
    let mut whole = vec![0_u64; cells];
    add(&mut whole, pool.iter().copied());
    let differences = |group: &[u64]| -> Vec<u128> {
        // mean − mean of the rest, times what makes it whole: N · sum − n · whole.
        let (n, all) = (few.len() as i128, pool.len() as i128);
        let difference =
            |(sum, whole): (&u64, &u64)| (all * i128::from(*sum) - n * i128::from(*whole)).unsigned_abs();
        group.iter().zip(&whole).map(difference).collect()
    };
    let mut observed = vec![0_u64; cells];
    add(&mut observed, few.iter());
    let observed = differences(&observed);
    let reached = (0..shuffles.count)
        .into_par_iter()
        .fold(
            || vec![0_u32; cells],
            |mut reached, shuffle| {
                let mut order: Vec<usize> = (0..pool.len()).collect();
                let mut chance = SplitMix64(shuffles.seed.wrapping_add(u64::from(shuffle) << 32 | 0x5bd1));
                for i in 0..few.len() {
                    let j = i + (chance.next() % (pool.len() - i) as u64) as usize;
                    order.swap(i, j);
                }
                let mut sums = vec![0_u64; cells];
                add(&mut sums, order[..few.len()].iter().map(|&life| pool[life]));
                for ((reached, dealt), observed) in reached.iter_mut().zip(differences(&sums)).zip(&observed)
                {
                    *reached += u32::from(dealt >= *observed);
                }
                reached
            },
        )
        .reduce(
            || vec![0_u32; cells],
            |mut sum, part| {
                for (sum, part) in sum.iter_mut().zip(part) {
                    *sum += part;
                }
                sum
            },
        );
    let share = |(reached, whole): (&u32, &u64)| {
        if *whole == 0 { 1.0 } else { (f64::from(*reached) + 1.0) / (f64::from(shuffles.count) + 1.0) }
    };
    reached.iter().zip(&whole).map(|pair| share(pair) as f32).collect()
}

fn add<'l>(sums: &mut [u64], lives: impl Iterator<Item = &'l CellTimes>) {
    for (cell, us) in lives.flatten() {
        if let Some(sum) = sums.get_mut(*cell as usize) {
            *sum += us;
        }
    }
}

/// Steele, Lea & Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014.
struct SplitMix64(u64);

impl SplitMix64 {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lives(n: u64, cell: u32, us: u64) -> Vec<CellTimes> {
        (0..n).map(|i| vec![(cell, us + i), (2, 1000 + 37 * (i * i % 11))]).collect()
    }

    #[test]
    fn a_real_difference_is_found_and_chance_is_not() {
        let (a, b) = (lives(20, 0, 5000), lives(24, 1, 5000));
        let p = p_values(&a, &b, 4, PermutationTest::default());
        assert!(p[0] <= 0.004 && p[1] <= 0.004, "{p:?}");
        assert!(p[2] > 0.2, "both groups share cell 2: {p:?}");
        assert_eq!(p[3], 1.0, "no player was in cell 3");
    }

    #[test]
    fn exchanging_the_groups_changes_nothing() {
        let (a, b) = (lives(9, 0, 5000), lives(14, 0, 5100));
        assert_eq!(
            p_values(&a, &b, 3, PermutationTest::default()),
            p_values(&b, &a, 3, PermutationTest::default())
        );
        assert_eq!(p_values(&a, &a, 3, PermutationTest::default()), [1.0, 1.0, 1.0]);
        assert_eq!(p_values(&[], &a, 1, PermutationTest::default()), [1.0]);
    }

    #[test]
    fn small_groups_are_counted_out_exactly() {
        // Of the 6 ways to choose 2 of 4 lives, 2 differ as much as the observed one: p is near 1/3.
        let life = |us| vec![(0, us)];
        let p =
            p_values(&[life(10), life(11)], &[life(0), life(1)], 1, PermutationTest { count: 5999, seed: 7 });
        assert!((p[0] - 1.0 / 3.0).abs() < 0.02, "{p:?}");
    }

    #[test]
    fn one_thread_and_many_agree() {
        let (a, b) = (lives(9, 0, 5000), lives(14, 1, 5100));
        let threads = |n| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
            pool.install(|| p_values(&a, &b, 3, PermutationTest::default()))
        };
        assert_eq!(threads(1), threads(7));
    }
}
