//! Entity text: `{ "classname" "worldspawn" "mapcoordsmins" "-3200 3200" }` and so on.

use crate::gamefiles::tokens::{Token, Tokens};
use crate::geom::WorldPoint;

/// The longest text that is read, bytes; some hundred thousand keys.
pub(super) const LONGEST_TEXT: usize = 4 << 20;
/// A key or value is cut at this length, bytes, as in the engine (`MAX_TOKEN_CHARS` less its NUL).
const LONGEST_WORD: usize = 1023;

/// One entity: its keys and values in the order of the text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Entity {
    pairs: Vec<(String, String)>,
}

/// What is wrong, and in which line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct EntityError {
    pub line: usize,
    pub what: String,
}

/// The entities of a text as far as it can be read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct EntityText {
    pub entities: Vec<Entity>,
    /// Where the text cannot be read any further.
    pub end: Option<EntityError>,
    /// The first word that had to be cut.
    pub cut: Option<EntityError>,
}

impl Entity {
    /// A key's value without regard to case; of a repeated key the first, as in the engine.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.pairs.iter().find(|(k, _)| k.eq_ignore_ascii_case(key)).map(|(_, value)| value.as_str())
    }

    /// Its `classname`, empty without one.
    pub fn class(&self) -> &str {
        self.get("classname").unwrap_or_default()
    }

    /// The numbers of a value, whatever stands between them; those after the first word that is none are left out.
    pub fn numbers(&self, key: &str) -> Vec<f32> {
        let value = self.get(key).unwrap_or_default();
        let words = value.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty());
        words.map_while(|word| word.parse().ok().filter(|n: &f32| n.is_finite())).collect()
    }

    /// A whole number, 0 without one; `3.0` counts, as the engine's atoi would have it.
    pub fn flags(&self, key: &str) -> u32 {
        self.numbers(key).first().map_or(0, |&n| n as u32)
    }

    /// Its `origin`, if it is a place in the world.
    pub fn origin(&self) -> Option<WorldPoint> {
        let [x, y, z] = self.numbers("origin")[..] else { return None };
        Some(WorldPoint::new(x, y, z)).filter(|at| at.is_plausible())
    }

    /// The number of its brush model: 3 for `*3`.
    pub fn model(&self) -> Option<usize> {
        self.get("model")?.trim().strip_prefix('*')?.parse().ok()
    }
}

/// Every entity of a text, up to the first fault. What stands between the braces are words in pairs.
pub(super) fn parse(text: &str) -> EntityText {
    let mut read = EntityText::default();
    let mut tokens = Tokens::of(text);
    while let Some(token) = tokens.next() {
        let entity = match token {
            Token::Open => entity(&mut tokens, &mut read.cut),
            _ => Err("expected {"),
        };
        match entity {
            Ok(entity) => read.entities.push(entity),
            Err(what) => {
                read.end = Some(EntityError { line: tokens.began(), what: what.to_owned() });
                break;
            }
        }
    }
    read
}

/// The entity whose brace was just read.
fn entity(tokens: &mut Tokens<'_>, cut: &mut Option<EntityError>) -> Result<Entity, &'static str> {
    let mut entity = Entity::default();
    loop {
        let key = match tokens.next() {
            Some(Token::Close) => return Ok(entity),
            Some(Token::Text(key)) => short(key, tokens.began(), cut),
            Some(Token::Open) => return Err("{ within an entity"),
            Some(Token::Unclosed(_)) => return Err("a quote is not closed"),
            None => return Err("the text ends within an entity"),
        };
        match tokens.next() {
            Some(Token::Text(value)) => entity.pairs.push((key, short(value, tokens.began(), cut))),
            Some(Token::Unclosed(_)) => return Err("a quote is not closed"),
            _ => return Err("a key without a value"),
        }
    }
}

/// A word, cut as in the engine.
fn short(word: &str, line: usize, cut: &mut Option<EntityError>) -> String {
    if word.len() <= LONGEST_WORD {
        return word.to_owned();
    }
    let what = format!("a word of {} characters is cut to {LONGEST_WORD}, as in the game", word.len());
    cut.get_or_insert(EntityError { line, what });
    word[..word.floor_char_boundary(LONGEST_WORD)].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_any_case_spacing_and_repetition() {
        let text = "// a map\n{ \"ClassName\" \"worldspawn\" \"mapcoordsmins\" \" -3200,  3200 7 \" }\n\
                    /* { \"classname\" \"x\" }\n*/ {\n\"classname\" info_x\"origin\" \"1 2 3\"\n\
                    \"a\" \"1\" /* \"a\" \"3\" */ \"a\" \"2\" \"model\" \"*12\"}";
        let EntityText { entities, end, cut } = parse(text);
        assert_eq!((entities.len(), end, cut), (2, None, None));
        assert_eq!(entities[0].class(), "worldspawn");
        assert_eq!(entities[0].numbers("MAPCOORDSMINS"), [-3200.0, 3200.0, 7.0]);
        assert_eq!(entities[1].class(), "info_x");
        assert_eq!(entities[1].origin(), Some(WorldPoint::new(1.0, 2.0, 3.0)));
        assert_eq!((entities[1].get("a"), entities[1].flags("a")), (Some("1"), 1));
        assert_eq!(entities[1].model(), Some(12));
        assert_eq!(parse(" \n"), EntityText::default());
    }

    #[test]
    fn faults_have_their_line_and_cost_what_follows() {
        let fault = |text: &str| {
            let read = parse(text);
            let end = read.end.unwrap();
            (read.entities.len(), end.line, end.what)
        };
        assert_eq!(fault("{\n\"a\" \"b\"\n"), (0, 3, "the text ends within an entity".into()));
        assert_eq!(fault("{ \"a\" \"b\" }\n{ \"a\" }"), (1, 2, "a key without a value".into()));
        assert_eq!(fault("{}{}\n\nx"), (2, 3, "expected {".into()));
        assert_eq!(fault("{ \"a"), (0, 1, "a quote is not closed".into()));
        assert_eq!(fault("{}{ { } }"), (1, 1, "{ within an entity".into()));
    }

    #[test]
    fn long_words_are_cut_and_many_are_read() {
        let text = format!("{{ k {} }}\n{{ {} v }}", "é".repeat(600), "k".repeat(1024));
        let read = parse(&text);
        assert_eq!(read.entities[0].get("k").unwrap(), "é".repeat(511));
        assert_eq!(read.entities[1].pairs[0].0.len(), 1023);
        assert_eq!(read.cut.map(|cut| cut.line), Some(1));
        assert_eq!(parse(&"{}".repeat(5000)).entities.len(), 5000);
        let keys = parse(&format!("{{{}}}", " a_key_longer_than_32_characters_of_old 1".repeat(2000)));
        assert_eq!(keys.entities[0].pairs.len(), 2000);
    }
}
