//! The sRGB transfer curve as tables: no power function decides a pixel.

use std::sync::LazyLock;

/// Both directions of IEC 61966-2-1, linear light as 16 bits.
pub(super) struct Transfer {
    to_linear: [u16; 256],
    to_srgb: Box<[u8]>,
}

/// The one set of tables.
pub(super) static TRANSFER: LazyLock<Transfer> = LazyLock::new(Transfer::new);

impl Transfer {
    fn new() -> Self {
        let to_linear = std::array::from_fn(|byte| linear_16(byte as f64));
        // A linear value belongs to the byte whose half-way marks it lies between.
        let mut to_srgb = vec![0_u8; 65_536].into_boxed_slice();
        let mut start = 0;
        for byte in 0..=255_u8 {
            let end = match byte {
                255 => 65_536,
                _ => usize::from(linear_16(f64::from(byte) + 0.5)),
            };
            to_srgb[start..end].fill(byte);
            start = end;
        }
        Self { to_linear, to_srgb }
    }

    /// Light of an sRGB byte, 0 … 65535.
    #[inline]
    pub fn linear(&self, byte: u8) -> u32 {
        u32::from(self.to_linear[usize::from(byte)])
    }

    /// The sRGB byte nearest to a light of 0 … 65535.
    #[inline]
    pub fn srgb(&self, light: u32) -> u8 {
        self.to_srgb[(light & 0xffff) as usize]
    }
}

fn linear_16(byte: f64) -> u16 {
    let s = byte / 255.0;
    let light = if s <= 0.040_45 { s / 12.92 } else { libm::pow((s + 0.055) / 1.055, 2.4) };
    (light * 65_535.0 + 0.5) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_comes_back() {
        for byte in 0..=255 {
            assert_eq!(TRANSFER.srgb(TRANSFER.linear(byte)), byte);
        }
        // Half of the light is 188 in sRGB.
        assert_eq!(TRANSFER.srgb(32_768), 188);
    }
}
