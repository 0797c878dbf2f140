//! The colours of every picture: two skins (dark for screens, paper for print), one palette of states, one of teams.
//!
//! States keep their order in lightness (sprint lightest, prone darkest), so grey prints still say speed. The palette
//! was searched for the largest smallest OKLab distance between any two states in normal vision and under simulated
//! protanopia, deuteranopia, tritanopia and grey; `tests/it/palette.rs` holds it there. Team and state colours never
//! share one encoding: Axis red is too close to crouch orange for deuteranopes.

use palette::{FromColor, LinSrgb, Mix, Oklab, Srgb};

use crate::analysis::State;
use crate::model::{Class, Team};
use crate::plane::oklab::Lab;
use crate::scene::{Blend, Color};

/// Everything that has a colour, for one kind of ground.
#[derive(Debug, Clone, PartialEq)]
pub struct Theme {
    /// What lies outside the map's extent.
    pub ground: Color,
    /// The legend.
    pub panel: Color,
    /// Thin lines on the panel.
    pub rule: Color,
    /// Text and marks.
    pub text: Color,
    /// Text of less weight.
    pub muted: Color,
    /// Casings, outlines and halos: what holds a mark apart from the map.
    pub ink: Color,
    /// Background of chart strips, and of the plots in them.
    pub strip: [Color; 2],
    /// Sprinting.
    pub sprint: Color,
    /// Running, walking or standing; also "upright" where nothing finer was recorded.
    pub run: Color,
    /// Crouching.
    pub crouch: Color,
    /// Prone.
    pub prone: Color,
    /// Crouching or prone, where the file does not say which.
    pub low: Color,
    /// Not recorded.
    pub not_recorded: Color,
    /// Allies.
    pub allies: Color,
    /// Axis.
    pub axis: Color,
    /// Soldier, Medic, Engineer, Field Ops, Covert Ops.
    pub classes: [Color; 5],
    /// Hues for players, in order; further players are [`Theme::muted`].
    pub players: [Color; 8],
    /// Health: line and area.
    pub health: [Color; 2],
    /// Bands that alternate (weapons).
    pub bands: [Color; 2],
    /// How heat is mixed with the map: in linear light over a dark one. Over a pale one dark colours would lose
    /// most of their strength there, so it is mixed as it is seen.
    pub heat_blend: Blend,
    /// Control points of the ramp for one value, low to high.
    ramp: [Color; 6],
}

/// For screens: light marks on a dark ground.
pub const DARK: Theme = Theme {
    ground: Color::hex(0x06_07_0B),
    panel: Color::hex(0x12_16_1E),
    rule: Color::hex(0x2B_32_3D),
    text: Color::hex(0xE8_EC_F2),
    muted: Color::hex(0x9A_A4_B2),
    ink: Color::hex(0x0B_0E_14),
    strip: [Color::hex(0x0E_12_19), Color::hex(0x16_1B_24)],
    sprint: Color::hex(0xFE_F1_9D),
    run: Color::hex(0x66_C3_F6),
    crouch: Color::hex(0xE4_74_24),
    prone: Color::hex(0x7D_55_DD),
    low: Color::hex(0xA8_34_6A),
    not_recorded: Color::hex(0x8A_93_A0),
    allies: Color::hex(0x4C_9A_FF),
    axis: Color::hex(0xF0_60_4A),
    classes: [
        Color::hex(0xD9_49_08),
        Color::hex(0x58_E3_DB),
        Color::hex(0xFE_A5_1D),
        Color::hex(0x9D_8A_FE),
        Color::hex(0x88_51_92),
    ],
    players: [
        Color::hex(0xFB_E3_FF),
        Color::hex(0x86_FA_7A),
        Color::hex(0xF4_9C_FF),
        Color::hex(0x8A_C1_00),
        Color::hex(0xED_66_9B),
        Color::hex(0x55_7B_F4),
        Color::hex(0x81_7D_14),
        Color::hex(0xB5_35_94),
    ],
    health: [Color::hex(0x8E_E0_B0), Color::hex(0x6F_CF_97)],
    bands: [Color::hex(0x3A_43_52), Color::hex(0x2B_32_3E)],
    heat_blend: Blend::Linear,
    ramp: [
        Color::hex(0x3B_3E_8C),
        Color::hex(0x2F_6C_A3),
        Color::hex(0x2B_94_A0),
        Color::hex(0x5C_B8_84),
        Color::hex(0xB5_D4_6B),
        Color::hex(0xFD_F0_9C),
    ],
};

/// For print: dark marks on pale ground. The states are darker, in the same order of lightness.
pub const PAPER: Theme = Theme {
    ground: Color::hex(0xF6_F5_F2),
    panel: Color::hex(0xFF_FF_FF),
    rule: Color::hex(0xD3_D6_DB),
    text: Color::hex(0x16_1A_21),
    muted: Color::hex(0x58_61_6E),
    ink: Color::hex(0xFF_FF_FF),
    strip: [Color::hex(0xF4_F4_F2), Color::hex(0xE9_EA_EA)],
    sprint: Color::hex(0xB1_88_17),
    run: Color::hex(0x3F_72_9E),
    crouch: Color::hex(0x93_1D_07),
    prone: Color::hex(0x2F_00_77),
    low: Color::hex(0x6E_10_44),
    not_recorded: Color::hex(0x8A_93_A0),
    allies: Color::hex(0x1F_68_C4),
    axis: Color::hex(0xC2_38_24),
    classes: [
        Color::hex(0xA8_36_00),
        Color::hex(0x00_86_80),
        Color::hex(0xB9_74_00),
        Color::hex(0x50_3C_B8),
        Color::hex(0x4E_1F_58),
    ],
    players: [
        Color::hex(0x8C_5B_95),
        Color::hex(0x1E_7F_2A),
        Color::hex(0x9A_2F_AE),
        Color::hex(0x58_7C_00),
        Color::hex(0xA8_24_5A),
        Color::hex(0x24_47_B8),
        Color::hex(0x55_52_05),
        Color::hex(0x6B_0A_55),
    ],
    health: [Color::hex(0x1F_7A_48), Color::hex(0x6F_CF_97)],
    bands: [Color::hex(0xC9_CE_D6), Color::hex(0xDD_E0_E5)],
    heat_blend: Blend::Srgb,
    ramp: [
        Color::hex(0xC9_C2_5E),
        Color::hex(0x7E_A8_5E),
        Color::hex(0x3C_8A_7B),
        Color::hex(0x2A_68_8A),
        Color::hex(0x30_43_80),
        Color::hex(0x2B_1E_5C),
    ],
};

/// Opacity of halos round text on the map.
pub const HALO_OPACITY: f32 = 0.85;

/// Width of a halo on each side, for text of an em size; both in design pixels.
pub fn halo_width(size: f32) -> f32 {
    if size <= 20.0 {
        1.6
    } else if size <= 26.0 {
        2.0
    } else {
        2.6
    }
}

impl Theme {
    /// The colour of a state.
    pub fn state(&self, state: State) -> Color {
        match state {
            State::Sprint => self.sprint,
            State::Upright => self.run,
            State::Crouch => self.crouch,
            State::Prone => self.prone,
            State::Low => self.low,
            State::Unknown => self.not_recorded,
        }
    }

    /// The colour of a team; an unknown side is grey.
    pub fn team(&self, team: &Team) -> Color {
        match team {
            Team::Allies => self.allies,
            Team::Axis => self.axis,
            Team::Other(_) => self.not_recorded,
        }
    }

    /// The colour of a class; an unknown class is grey.
    pub fn class(&self, class: &Class) -> Color {
        match class {
            Class::Soldier => self.classes[0],
            Class::Medic => self.classes[1],
            Class::Engineer => self.classes[2],
            Class::FieldOps => self.classes[3],
            Class::CovertOps => self.classes[4],
            Class::Unknown | Class::Other(_) => self.not_recorded,
        }
    }

    /// A colour of the ramp for one value: `t` 0 … 1 from low to high, even in OKLab lightness.
    pub fn ramp(&self, t: f32) -> Color {
        let steps = self.ramp.len() - 1;
        let at = if t.is_finite() { t.clamp(0.0, 1.0) } else { 0.0 } * steps as f32;
        let left = (at as usize).min(steps - 1);
        mix(self.ramp[left], self.ramp[left + 1], at - left as f32)
    }
}

/// The colour at a share `t` between `from` and `to`, in OKLab. Opacity is that of `from`.
pub fn mix(from: Color, to: Color, t: f32) -> Color {
    with_alpha(oklab(from).mix(oklab(to), t), from.a)
}

/// `color` with its chroma times `factor`; lightness and hue stay.
pub fn muted_to(color: Color, factor: f32) -> Color {
    let lab = oklab(color);
    with_alpha(Oklab::new(lab.l, lab.a * factor, lab.b * factor), color.a)
}

/// A colour's OKLab coordinates.
pub fn lab(color: Color) -> Lab {
    let lab = oklab(color);
    Lab::new(lab.l, lab.a, lab.b)
}

fn oklab(color: Color) -> Oklab<f32> {
    Oklab::from_color(Srgb::new(color.r, color.g, color.b).into_linear::<f32>())
}

fn with_alpha(lab: Oklab<f32>, a: u8) -> Color {
    let rgb: Srgb<u8> = Srgb::from_linear(LinSrgb::from_color(lab));
    Color { r: rgb.red, g: rgb.green, b: rgb.blue, a }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn greyer_cells_keep_their_lightness() {
        for color in [DARK.sprint, DARK.run, DARK.crouch, DARK.prone] {
            let grey = muted_to(color, 0.3);
            assert!((lab(grey).l - lab(color).l).abs() < 0.01);
            assert!(lab(grey).chroma() < 0.4 * lab(color).chroma());
        }
    }

    #[test]
    fn ramps_are_even_and_one_way() {
        for (theme, sign) in [(&DARK, 1.0), (&PAPER, -1.0)] {
            let steps: Vec<f32> = (0..=40).map(|i| lab(theme.ramp(i as f32 / 40.0)).l * sign).collect();
            let mean = (steps[40] - steps[0]) / 40.0;
            assert!(mean > 0.01, "{steps:?}");
            for pair in steps.windows(2) {
                let step = pair[1] - pair[0];
                assert!(step > 0.4 * mean && step < 1.9 * mean, "{step} against {mean}");
            }
        }
        assert_eq!(DARK.ramp(f32::NAN), DARK.ramp(0.0));
    }

    #[test]
    fn mixes_end_where_they_should() {
        assert_eq!(mix(DARK.run, DARK.prone, 0.0), DARK.run);
        assert_eq!(mix(DARK.run, DARK.prone, 1.0), DARK.prone);
    }
}
