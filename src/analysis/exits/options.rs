//! What counts as leaving a spawn, and what as the same exit.

/// What happens to the ring of an area that few players leave in time (a spawn deep inside a house).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum RingFit {
    /// It stays: such an area has many who left late or never.
    Fixed,
    /// It shrinks by eighths of its radius until half of those who moved leave it in time, down to three eighths.
    /// [`SpawnArea::ring_units`](super::spawn_exit::SpawnArea::ring_units) tells.
    #[default]
    Shrink,
}

/// What counts as an exit and what as the same lane.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExitOptions {
    /// A life has left its spawn when it crosses a ring of this radius around its area's middle, units; the ring is wider
    /// round an area so large that its spawns would lie near it. Default: 1300.
    pub ring_units: f64,
    /// What happens when few leave that ring in time. Default: [`RingFit::Shrink`].
    pub ring_fit: RingFit,
    /// It must have crossed the ring this long after its first movement, ms. Default: 12 000.
    pub longest_ms: i64,
    /// Farther than this from the spawn is movement, units. Default: 24.
    pub first_move_units: f64,
    /// Spawns of one side this close together are one area, units. Default: 384.
    pub area_link_units: f64,
    /// Crossings of the ring this close together, in degrees, are one gate. Default: 15.
    pub gate_gap_degrees: f64,
    /// … or this close together, in units along the ring. Default: 320.
    pub gate_gap_units: f64,
    /// A wider gate is parted where fewest cross the ring, degrees. Default: 60.
    pub widest_gate_degrees: f64,
    /// A lane with at least this share of its gate's exits is shown, 0 … 1. Default: 0.2.
    pub least_lane_share: f64,
    /// Lanes are joined while their paths are at most this share of the ring's radius apart, on average.
    /// Default: 0.35.
    pub cut_share: f64,
    /// Points per path for comparing paths. Default: 24.
    pub points: usize,
    /// Fewest exits of an area that can be grouped. Default: 5.
    pub fewest: usize,
    /// Most exits of an area that are compared with each other; further ones join the lane of the nearest medoid.
    /// Default: 300.
    pub most: usize,
}

impl Default for ExitOptions {
    fn default() -> Self {
        Self {
            ring_units: 1_300.0,
            ring_fit: RingFit::default(),
            longest_ms: 12_000,
            first_move_units: 24.0,
            area_link_units: 384.0,
            gate_gap_degrees: 15.0,
            gate_gap_units: 320.0,
            widest_gate_degrees: 60.0,
            least_lane_share: 0.2,
            cut_share: 0.35,
            points: 24,
            fewest: 5,
            most: 300,
        }
    }
}
