//! The colours of pictures, seen with other eyes.

use palette::{FromColor, LinSrgb, Oklab, Srgb};
use proximity::scene::Color;
use proximity::theme;
use proximity::theme::{DARK, PAPER, Theme};

use crate::views::{VIEWS, light_in};

fn seen(light: LinSrgb<f32>, view: &[[f32; 3]; 3]) -> Oklab<f32> {
    let [r, g, b] = light_in([light.red, light.green, light.blue], view);
    Oklab::from_color(LinSrgb::new(r, g, b))
}

fn light(color: Color) -> LinSrgb<f32> {
    Srgb::new(color.r, color.g, color.b).into_linear()
}

fn distance(a: Oklab<f32>, b: Oklab<f32>) -> f32 {
    ((a.l - b.l).powi(2) + (a.a - b.a).powi(2) + (a.b - b.b).powi(2)).sqrt()
}

/// The smallest distance of any two colours in a view.
fn nearest_pair(colors: &[Color], view: &[[f32; 3]; 3]) -> f32 {
    let seen: Vec<_> = colors.iter().map(|c| seen(light(*c), view)).collect();
    let pairs = seen.iter().enumerate().flat_map(|(i, a)| seen[i + 1..].iter().map(|b| distance(*a, *b)));
    pairs.fold(f32::MAX, f32::min)
}

fn states(theme: &Theme) -> [Color; 4] {
    [theme.sprint, theme.run, theme.crouch, theme.prone]
}

fn hold_apart(what: &str, colors: &[Color], in_color: f32, in_grey: f32) {
    for (name, view) in &VIEWS {
        let least = if *name == "grey" { in_grey } else { in_color };
        let found = nearest_pair(colors, view);
        assert!(found >= least, "{what}, {name}: {found:.3} is less than {least}");
    }
}

#[test]
fn states_stay_apart_in_every_view() {
    hold_apart("states on dark", &states(&DARK), 0.21, 0.11);
    hold_apart("states on paper", &states(&PAPER), 0.19, 0.10);
}

#[test]
fn states_keep_their_order_of_lightness() {
    for theme in [&DARK, &PAPER] {
        for (name, view) in &VIEWS {
            let lightness = states(theme).map(|c| seen(light(c), view).l);
            assert!(lightness.is_sorted_by(|a, b| a > b), "{name}: {lightness:?}");
        }
    }
}

#[test]
fn states_stand_out_from_any_ground() {
    // Every colour a base map can have: its band of lightness, and chroma up to its cap in all directions.
    let ground = |from: f32, to: f32| {
        (0..=8).flat_map(move |l| {
            (0..=24).map(move |hue| {
                let (chroma, hue) = (if hue == 24 { 0.0 } else { 0.035 }, hue as f32 * 0.261_8);
                Oklab::new(from + (to - from) * l as f32 / 8.0, chroma * hue.cos(), chroma * hue.sin())
            })
        })
    };
    for (theme, band, least) in [(&DARK, (0.13, 0.35), 0.185), (&PAPER, (0.80, 0.97), 0.145)] {
        for (name, view) in &VIEWS {
            for state in states(theme) {
                let state = seen(light(state), view);
                let ground = ground(band.0, band.1).map(|g| seen(LinSrgb::from_color(g), view));
                let found = ground.map(|g| distance(state, g)).fold(f32::MAX, f32::min);
                assert!(found >= least, "{name}: {found:.3} is less than {least}");
            }
        }
    }
}

#[test]
fn other_colours_stay_apart_as_far_as_they_must() {
    // Teams never differ by lightness: a second cue (shape, dash, label) goes with them.
    hold_apart("teams on dark", &[DARK.allies, DARK.axis], 0.25, 0.0);
    hold_apart("teams on paper", &[PAPER.allies, PAPER.axis], 0.24, 0.0);
    hold_apart("classes on dark", &DARK.classes, 0.18, 0.06);
    hold_apart("classes on paper", &PAPER.classes, 0.12, 0.03);
    // What a file of the original tracker can say.
    hold_apart("coarse states", &[DARK.run, DARK.low, DARK.not_recorded], 0.13, 0.11);
    hold_apart("players", &DARK.players, 0.14, 0.03);
}

#[test]
fn text_can_be_read() {
    // Contrast of the Web Content Accessibility Guidelines 2.2.
    let luminance = |c: Color| {
        let light = light(c);
        0.2126 * light.red + 0.7152 * light.green + 0.0722 * light.blue
    };
    let contrast = |a: Color, b: Color| {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    };
    for theme in [&DARK, &PAPER] {
        assert!(contrast(theme.text, theme.panel) > 12.0);
        assert!(contrast(theme.muted, theme.panel) > 4.5);
        assert!(contrast(theme.text, theme.ink) > 12.0, "halos");
    }
}

#[test]
fn greyer_swatches_are_the_designed_ones() {
    // A third, a half, three quarters of a cell's time; worked out once by another program.
    let near = |color: Color, rgb: u32| {
        let wanted = Color::hex(rgb);
        [color.r.abs_diff(wanted.r), color.g.abs_diff(wanted.g), color.b.abs_diff(wanted.b)]
            .iter()
            .all(|d| *d <= 1)
    };
    let swatches = [
        (DARK.sprint, [0xF5_F0_CF, 0xF8_F1_BC, 0xFE_F1_9D]),
        (DARK.run, [0x9A_BD_D2, 0x88_C0_E1, 0x66_C3_F6]),
        (DARK.crouch, [0xBA_8C_71, 0xCC_83_59, 0xE4_74_24]),
        (DARK.prone, [0x77_6C_A2, 0x79_65_BA, 0x7D_55_DD]),
    ];
    for (color, wanted) in swatches {
        for (chroma, rgb) in [0.3 + 0.7 / 6.0, 0.65, 1.0].into_iter().zip(wanted) {
            assert!(near(theme::muted_to(color, chroma), rgb), "{color:?} at {chroma}");
        }
    }
}
