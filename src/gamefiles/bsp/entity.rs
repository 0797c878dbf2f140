//! Entity text: `{ "classname" "worldspawn" "mapcoordsmins" "-3200 3200" }` and so on.

use crate::geom::WorldPoint;

/// Most entities (the engine's limit).
const MOST_ENTITIES: usize = 4096;
/// Most keys of one entity.
const MOST_KEYS: usize = 1024;
/// Longest key and value, bytes (the compiler's limits).
const LONGEST: (usize, usize) = (32, 1024);

/// One entity: its keys and values in the order of the text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Entity {
    pairs: Vec<(String, String)>,
}

/// What is wrong, and in which line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct EntityError {
    pub line: usize,
    pub what: &'static str,
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

/// Every entity of a text. `//` begins a comment; what stands between the braces are quoted or bare words in pairs.
pub(crate) fn parse(text: &str) -> Result<Vec<Entity>, EntityError> {
    let mut words = Words { rest: text, line: 1 };
    let mut entities = Vec::new();
    while let Some(word) = words.next()? {
        if word != Word::Open {
            return Err(words.wrong("expected {"));
        }
        if entities.len() == MOST_ENTITIES {
            return Err(words.wrong("more than 4096 entities"));
        }
        entities.push(words.entity()?);
    }
    Ok(entities)
}

#[derive(Debug, PartialEq, Eq)]
enum Word<'a> {
    Open,
    Close,
    Text(&'a str),
}

struct Words<'a> {
    rest: &'a str,
    line: usize,
}

impl<'a> Words<'a> {
    fn wrong(&self, what: &'static str) -> EntityError {
        EntityError { line: self.line, what }
    }

    fn entity(&mut self) -> Result<Entity, EntityError> {
        let mut entity = Entity::default();
        loop {
            let key = match self.next()? {
                Some(Word::Close) => return Ok(entity),
                Some(Word::Text(key)) => key,
                Some(Word::Open) => return Err(self.wrong("{ within an entity")),
                None => return Err(self.wrong("the text ends within an entity")),
            };
            let Some(Word::Text(value)) = self.next()? else {
                return Err(self.wrong("a key without a value"));
            };
            if key.len() > LONGEST.0 || value.len() > LONGEST.1 {
                return Err(self.wrong("a key of more than 32 or a value of more than 1024 characters"));
            }
            if entity.pairs.len() == MOST_KEYS {
                return Err(self.wrong("more than 1024 keys in one entity"));
            }
            entity.pairs.push((key.to_owned(), value.to_owned()));
        }
    }

    fn next(&mut self) -> Result<Option<Word<'a>>, EntityError> {
        loop {
            self.skip(self.rest.len() - self.rest.trim_start().len());
            if !self.rest.starts_with("//") {
                break;
            }
            self.skip(self.rest.find('\n').unwrap_or(self.rest.len()));
        }
        let Some(first) = self.rest.chars().next() else { return Ok(None) };
        let (word, length) = match first {
            '{' => (Word::Open, 1),
            '}' => (Word::Close, 1),
            '"' => {
                let end = self.rest[1..].find('"').ok_or_else(|| self.wrong("a quote is not closed"))?;
                (Word::Text(&self.rest[1..=end]), end + 2)
            }
            _ => {
                let ends = |c: char| c.is_whitespace() || matches!(c, '{' | '}' | '"');
                let end = self.rest.find(ends).unwrap_or(self.rest.len());
                (Word::Text(&self.rest[..end]), end)
            }
        };
        self.skip(length);
        Ok(Some(word))
    }

    /// Pass `length` bytes, counting lines.
    fn skip(&mut self, length: usize) {
        let (passed, rest) = self.rest.split_at(length);
        self.line += passed.matches('\n').count();
        self.rest = rest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_any_case_spacing_and_repetition() {
        let text = "// a map\n{ \"ClassName\" \"worldspawn\" \"mapcoordsmins\" \" -3200,  3200 7 \" }\n\
                    {\n\"classname\" info_x\"origin\" \"1 2 3\"\n\"a\" \"1\" \"a\" \"2\" \"model\" \"*12\"}";
        let entities = parse(text).unwrap();
        assert_eq!(entities[0].class(), "worldspawn");
        assert_eq!(entities[0].numbers("MAPCOORDSMINS"), [-3200.0, 3200.0, 7.0]);
        assert_eq!(entities[1].class(), "info_x");
        assert_eq!(entities[1].origin(), Some(WorldPoint::new(1.0, 2.0, 3.0)));
        assert_eq!((entities[1].get("a"), entities[1].flags("a")), (Some("1"), 1));
        assert_eq!(entities[1].model(), Some(12));
        assert_eq!(parse(" \n").unwrap(), []);
    }

    #[test]
    fn faults_have_their_line() {
        let fault = |text: &str| parse(text).unwrap_err();
        assert_eq!(
            fault("{\n\"a\" \"b\"\n"),
            EntityError { line: 3, what: "the text ends within an entity" }
        );
        assert_eq!(fault("{ \"a\" }").what, "a key without a value");
        assert_eq!(fault("\n\nx").line, 3);
        assert_eq!(fault("{ \"a").what, "a quote is not closed");
        assert_eq!(fault("{ { } }").what, "{ within an entity");
        assert!(fault(&format!("{{ {} b }}", "k".repeat(33))).what.contains("32"));
        assert!(fault(&"{}".repeat(4097)).what.contains("4096"));
    }
}
