//! What a small picture shows and what its marks mean, in words that players use: the small picture is the map alone.

use crate::figure::heatmap::{By, Mode};
use crate::figure::request::Subject;

/// The words beside a small picture.
#[derive(Clone)]
pub(crate) struct Legend {
    pub caption: &'static str,
    /// Classes of the style sheet and what a mark of that class means.
    pub marks: &'static [(&'static str, &'static str)],
}

const STATES: &[(&str, &str)] =
    &[("sprint", "sprinting"), ("upright", "running, standing"), ("crouch", "crouching"), ("prone", "prone")];
const SIDES: &[(&str, &str)] = &[("allies", "Allies"), ("axis", "Axis")];
const CLASSES: &[(&str, &str)] = &[
    ("class-soldier", "Soldier"),
    ("class-medic", "Medic"),
    ("class-engineer", "Engineer"),
    ("class-fieldops", "Field Ops"),
    ("class-covertops", "Covert Ops"),
];

/// The words for a figure.
pub(crate) fn legend(subject: &Subject) -> Legend {
    match subject {
        Subject::Heatmap(heat) => match (heat.spec.by, heat.spec.mode) {
            (By::Team, _) => {
                Legend { caption: "The stronger the colour, the longer that side was there.", marks: SIDES }
            }
            (By::Class, _) => Legend {
                caption: "One map for each class: the stronger the colour, the longer.",
                marks: CLASSES,
            },
            (By::State, Mode::Panels) => Legend { caption: "One map for each way to move.", marks: STATES },
            (By::State, _) => {
                Legend { caption: "How players moved: the stronger the colour, the longer.", marks: STATES }
            }
            _ => Legend {
                caption: "All players together: the stronger the colour, the longer a player was there.",
                marks: &[("ramp", "little time → much time")],
            },
        },
        Subject::Paths(_) => Legend { caption: "Every life as a line.", marks: SIDES },
        Subject::Exits(_) => Legend {
            caption: "The wider an arrow, the more players of that spawn ran this way; numbers count spawns.",
            marks: SIDES,
        },
        Subject::Kills(_) => Legend {
            caption: "Where players of each side died: the stronger the colour, the more.",
            marks: SIDES,
        },
        Subject::Arrival(_) => Legend {
            caption: "When the first player of this side got there, in most rounds.",
            marks: &[("ramp late", "late → early")],
        },
        Subject::Life(_) => Legend { caption: "One life, from spawn to end.", marks: STATES },
        _ => Legend { caption: "", marks: &[] },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::request::{Exits, Heatmap};

    #[test]
    fn every_mark_has_a_colour_in_the_style_sheet() {
        let style = crate::report::page::STYLE;
        let subjects = [
            Subject::Heatmap(Heatmap::plain()),
            Subject::Heatmap(Heatmap::by_state()),
            Subject::Heatmap(Heatmap::by_class()),
            Subject::Exits(Exits::default()),
        ];
        for (class, words) in subjects.iter().flat_map(|subject| legend(subject).marks) {
            let name = class.split(' ').next().unwrap();
            assert!(style.contains(&format!(".{name} {{")), "{class}: {words}");
        }
    }

    #[test]
    fn ramps_have_the_colours_of_the_pictures_in_both_skins() {
        let style = crate::report::page::STYLE;
        let gradient = |theme: &crate::theme::Theme| {
            let hex = |t: f32| {
                let color = theme.ramp(t);
                format!("#{:02x}{:02x}{:02x}", color.r, color.g, color.b)
            };
            format!(
                "linear-gradient(90deg, {}",
                (0..6).map(|i| hex(i as f32 / 5.0)).collect::<Vec<_>>().join(", ")
            )
        };
        let (dark, light) = (gradient(&crate::theme::DARK), gradient(&crate::theme::PAPER));
        assert!(style.contains(&dark), "{dark}");
        assert!(style.contains(&light), "{light}");
    }
}
