//! What floors are made of, as far as a map shows.

use crate::gamefiles::bsp::{BspVersion, Shader};

/// A floor's material.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Material {
    /// Stone, concrete, earth and what we do not know.
    #[default]
    Plain,
    /// Grass, leaves.
    Grass,
    /// Planks, parquet, carpet.
    Wood,
    /// Grates, plates.
    Metal,
    /// Snow, ice.
    Snow,
    /// Sand, gravel, rubble.
    Sand,
}

impl Material {
    /// By the surface flags of *Enemy Territory*, else by words in the name.
    pub fn of(shader: &Shader, version: BspVersion) -> Self {
        let flagged = |bit: u32| version == BspVersion::Wolfenstein && shader.surface_flags & bit != 0;
        let named = |words: &[&str]| words.iter().any(|word| shader.name.contains(word));
        if flagged(0x0008_0000) || named(&["grass", "moss", "leaf"]) {
            Self::Grass
        } else if flagged(0x0040_0000) || named(&["snow", "ice_", "_ice"]) {
            Self::Snow
        } else if flagged(0x0004_0000 | 0x0200_0000) || named(&["wood", "plank", "carpet", "parquet"]) {
            Self::Wood
        } else if flagged(0x0010_0000 | 0x0100_0000) || named(&["sand", "gravel", "rubble", "dirt", "mud"]) {
            Self::Sand
        } else if shader.surface_flags & 0x1000 != 0 || named(&["metal", "grate", "steel", "iron"]) {
            Self::Metal
        } else {
            Self::Plain
        }
    }

    /// What it adds to a floor's OKLab a and b.
    pub fn tint(self) -> (f32, f32) {
        match self {
            Self::Plain => (0.0, 0.0),
            Self::Grass => (-0.014, 0.014),
            Self::Wood => (0.008, 0.016),
            Self::Metal => (-0.004, -0.010),
            Self::Snow => (-0.002, -0.008),
            Self::Sand => (0.003, 0.014),
        }
    }

    /// What it adds to a floor's lightness.
    pub fn lightness(self) -> f32 {
        match self {
            Self::Snow => 0.02,
            Self::Wood | Self::Grass => -0.008,
            _ => 0.0,
        }
    }
}
