//! How brightness looks: as opacity alone, or as lightness within a hue, so that a map of one hue is no flat stain.

use crate::plane::oklab::Lab;
use crate::plane::overlay::smoothstep;
use crate::theme::{self, Theme};

/// Steps of the curves.
const STEPS: usize = 256;
/// Lightness follows brightness to this power: thin traces stay dark, and the middle has most of the range.
const RISE: f64 = 0.85;
/// Brightness of the fullest colour; above it colours pale towards white, or darken on paper.
const FULLEST: f32 = 0.75;

/// How brightness is shown.
pub(in crate::figure) enum Look {
    /// By opacity; the colour stays.
    Flat,
    /// By lightness within the hue, and by opacity.
    Glow(Glow),
}

/// Lightness and chroma by brightness.
pub(in crate::figure) struct Glow {
    /// Lightness where there is least.
    faint: f32,
    /// What is added to a hue's own lightness where there is most, and the limits of the sum.
    added: f32,
    limits: (f32, f32),
    /// Per step of brightness: how far lightness has gone, and the factor of chroma.
    steps: Vec<(f32, f32)>,
}

impl Glow {
    /// The curves for a theme.
    pub(in crate::figure) fn new(theme: &Theme) -> Self {
        let paper = theme == &theme::PAPER;
        let last = if paper { 0.90 } else { 0.44 };
        let step = |i: usize| {
            let v = i as f32 / STEPS as f32;
            let chroma = if v <= FULLEST {
                0.60 + 0.40 * v / FULLEST
            } else {
                1.0 + (last - 1.0) * (v - FULLEST) / (1.0 - FULLEST)
            };
            (libm::pow(f64::from(v), RISE) as f32, chroma)
        };
        let steps = (0..=STEPS).map(step).collect();
        if paper {
            Self { faint: 0.88, added: -0.16, limits: (0.16, 0.88), steps }
        } else {
            Self { faint: 0.28, added: 0.20, limits: (0.28, 0.97), steps }
        }
    }

    /// A hue at a brightness, 0 … 1.
    pub(in crate::figure) fn color(&self, hue: Lab, brightness: f32) -> Lab {
        let at = brightness.clamp(0.0, 1.0) * STEPS as f32;
        let left = (at as usize).min(STEPS - 1);
        let (a, b) = (self.steps[left], self.steps[left + 1]);
        let part = at - left as f32;
        let (rise, chroma) = (a.0 + (b.0 - a.0) * part, a.1 + (b.1 - a.1) * part);
        let most = (hue.l + self.added).clamp(self.limits.0, self.limits.1);
        Lab::new(self.faint + (most - self.faint) * rise, hue.a * chroma, hue.b * chroma)
    }
}

impl Look {
    /// The largest brightness that is not drawn.
    pub(in crate::figure) fn invisible(&self) -> f32 {
        match self {
            Self::Flat => 0.06,
            Self::Glow(_) => 0.03,
        }
    }

    /// Opacity of a brightness. It never reaches 1, so the map always shows.
    pub(in crate::figure) fn opacity(&self, brightness: f32) -> f32 {
        let v = brightness;
        match self {
            Self::Flat => smoothstep(0.06, 0.16, v) * (0.15 + 0.77 * v),
            Self::Glow(_) => smoothstep(0.03, 0.14, v) * (0.55 + 0.42 * v),
        }
    }

    /// A hue at a brightness.
    pub(in crate::figure) fn color(&self, hue: Lab, brightness: f32) -> Lab {
        match self {
            Self::Flat => hue,
            Self::Glow(glow) => glow.color(hue, brightness),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opacity_has_the_values_it_was_designed_with() {
        for (v, a) in
            [(0.05, 0.0), (0.10, 0.08), (0.16, 0.27), (0.25, 0.34), (0.5, 0.54), (0.75, 0.73), (1.0, 0.92)]
        {
            let opacity = Look::Flat.opacity(v);
            assert!((opacity - a).abs() < 0.006, "{v}: {opacity}");
        }
        let glow = Look::Glow(Glow::new(&theme::DARK));
        assert!(glow.opacity(0.03) == 0.0 && (glow.opacity(1.0) - 0.97).abs() < 1e-6);
    }

    #[test]
    fn more_time_is_lighter_on_a_screen_and_darker_on_paper() {
        for (theme, sign) in [(&theme::DARK, 1.0), (&theme::PAPER, -1.0)] {
            let glow = Glow::new(theme);
            for state in crate::analysis::State::ALL {
                let hue = theme::lab(theme.state(state));
                let light: Vec<f32> = (0..=20).map(|i| glow.color(hue, i as f32 / 20.0).l * sign).collect();
                assert!(light.is_sorted_by(|a, b| a < b), "{state:?} {light:?}");
            }
        }
        // The mark of the design: run at the brightest is .97 light and nearly white.
        let run = theme::lab(theme::DARK.run);
        let most = Glow::new(&theme::DARK).color(run, 1.0);
        assert!((most.l - 0.97).abs() < 0.02 && (most.chroma() - 0.44 * run.chroma()).abs() < 1e-4);
    }
}
