//! Shader scripts (`scripts/*.shader`), as far as they name pictures of maps.

use super::tokens::{Token, Tokens};

/// Shaders of command maps, as `levelshots/supply_cc_automap`, with the picture that each draws first.
///
/// A script is `name { … { map picture … } … }`. Names are in lower case with `/` between parts; pictures that begin with
/// `$` or `*` are the engine's own.
pub(crate) fn command_map_pictures(text: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let (mut depth, mut name) = (0_usize, None);
    let mut tokens = Tokens::of(text);
    while let Some(token) = tokens.next() {
        match token {
            Token::Open => depth += 1,
            Token::Close => depth = depth.saturating_sub(1),
            Token::Text(word) if depth == 0 => {
                let word = folded(word);
                name = (word.starts_with("levelshots/") && word.contains("_cc")).then_some(word);
            }
            Token::Text(word) if ["map", "clampmap"].iter().any(|key| word.eq_ignore_ascii_case(key)) => {
                let picture = tokens.text_in_line().filter(|picture| !picture.starts_with(['$', '*']));
                if let (Some(picture), Some(name)) = (picture, name.take_if(|_| picture.is_some())) {
                    found.push((name, folded(picture)));
                }
            }
            Token::Text(_) | Token::Unclosed(_) => {}
        }
    }
    found
}

fn folded(name: &str) -> String {
    name.replace('\\', "/").to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_picture_of_a_command_maps_shader_is_found() {
        let text = "// maps\ntextures/x { { map a.tga } }\nlevelshots/Yard_cc_trans\n{\n\tnopicmip\n\t{\n\
                    \t\tmap $whiteimage\n\t}\n\t{\n\t\tclampMap gfx\\Plans\\Yard.tga\n\t\tblend x\n\t}\n\
                    \t{ map second.tga }\n}\nlevelshots/town_cc_automap { { map \"town.jpg\" } } }\nlevelshots/none_cc {";
        let wanted =
            [("levelshots/yard_cc_trans", "gfx/plans/yard.tga"), ("levelshots/town_cc_automap", "town.jpg")];
        assert_eq!(command_map_pictures(text), wanted.map(|(a, b)| (a.to_owned(), b.to_owned())));
    }
}
