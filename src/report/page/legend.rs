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
                Legend { caption: "The brighter, the longer that side was there.", marks: SIDES }
            }
            (By::Class, _) => {
                Legend { caption: "One map for each class: the brighter, the longer.", marks: CLASSES }
            }
            (By::State, Mode::Panels) => Legend { caption: "One map for each way to move.", marks: STATES },
            (By::State, _) => {
                Legend { caption: "How players moved: the brighter, the longer.", marks: STATES }
            }
            _ => Legend {
                caption: "All players together: the brighter, the longer someone was there.",
                marks: &[("ramp", "little time → much time")],
            },
        },
        Subject::Paths(_) => Legend { caption: "Every life as a line.", marks: SIDES },
        Subject::Exits(_) => Legend {
            caption: "The wider an arrow, the more players of that spawn ran this way; numbers count spawns.",
            marks: SIDES,
        },
        Subject::Kills(_) => {
            Legend { caption: "Where players of each side died: the brighter, the more.", marks: SIDES }
        }
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
}
