//! Words of the game's text files: entities, arenas, objectives, shaders.
//!
//! The grammar is that of the engine's `COM_Parse` (`q_shared.c`): words are quoted or end at white space, `//` begins
//! a comment to the end of the line and `/*` one to `*/`. Braces are words of their own even without space around them,
//! because many files are written so.

/// A word and what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// `{`
    Open,
    /// `}`
    Close,
    /// A word; of a quoted one what stands between the quotes, line breaks included.
    Text(&'a str),
    /// What follows a quote that is never closed.
    Unclosed(&'a str),
}

/// The words of a text, in order.
pub(super) struct Tokens<'a> {
    rest: &'a str,
    line: usize,
    /// The line in which the last word began.
    began: usize,
}

#[cfg_attr(
    not(feature = "import"),
    allow(dead_code, reason = "only archives hold the files that need all of it")
)]
impl<'a> Tokens<'a> {
    pub fn of(text: &'a str) -> Self {
        Self { rest: text, line: 1, began: 1 }
    }

    /// The line, from 1, in which the last word began; after the last word, the text's last line.
    pub fn began(&self) -> usize {
        self.began
    }

    /// The next word if it is a text.
    pub fn text(&mut self) -> Option<&'a str> {
        match self.next()? {
            Token::Text(text) | Token::Unclosed(text) => Some(text),
            Token::Open | Token::Close => None,
        }
    }

    /// The next word if it is a text and stands in the same line as the last one.
    pub fn text_in_line(&mut self) -> Option<&'a str> {
        let line = self.line;
        self.pass_blanks();
        if self.line == line { self.text() } else { None }
    }

    /// The next word, left to be read again.
    pub fn peek(&mut self) -> Option<Token<'a>> {
        let (rest, line, began) = (self.rest, self.line, self.began);
        let next = self.next();
        (self.rest, self.line, self.began) = (rest, line, began);
        next
    }

    /// Passes white space and comments.
    fn pass_blanks(&mut self) {
        loop {
            self.pass(self.rest.len() - self.rest.trim_start().len());
            let length = if self.rest.starts_with("//") {
                self.rest.find('\n').unwrap_or(self.rest.len())
            } else if let Some(comment) = self.rest.strip_prefix("/*") {
                comment.find("*/").map_or(self.rest.len(), |end| end + 4)
            } else {
                return;
            };
            self.pass(length);
        }
    }

    /// Passes `length` bytes and counts their lines.
    fn pass(&mut self, length: usize) {
        let (passed, rest) = self.rest.split_at(length);
        self.line += passed.matches('\n').count();
        self.rest = rest;
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        self.pass_blanks();
        self.began = self.line;
        let (token, length) = match self.rest.chars().next()? {
            '{' => (Token::Open, 1),
            '}' => (Token::Close, 1),
            '"' => {
                let quoted = &self.rest[1..];
                match quoted.find('"') {
                    Some(end) => (Token::Text(&quoted[..end]), end + 2),
                    None => (Token::Unclosed(quoted), self.rest.len()),
                }
            }
            _ => {
                let ends = |c: char| c.is_whitespace() || matches!(c, '{' | '}' | '"');
                let end = self.rest.find(ends).unwrap_or(self.rest.len());
                (Token::Text(&self.rest[..end]), end)
            }
        };
        self.pass(length);
        Some(token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_comments_and_lines_are_told_apart() {
        let text = "// one\r\nkey\"a // b\"{/* two\n{ \"x\" */}\n\"two\nlines\" end /* never closed";
        let mut tokens = Tokens::of(text);
        let mut seen = Vec::new();
        while let Some(token) = tokens.next() {
            seen.push((tokens.began(), token));
        }
        let wanted = [
            (2, Token::Text("key")),
            (2, Token::Text("a // b")),
            (2, Token::Open),
            (3, Token::Close),
            (4, Token::Text("two\nlines")),
            (5, Token::Text("end")),
        ];
        assert_eq!(seen, wanted);
        assert_eq!(Tokens::of("a \"b\n").nth(1), Some(Token::Unclosed("b\n")));
        let mut tokens = Tokens::of("a b // c\nd");
        assert_eq!((tokens.next(), tokens.peek()), (Some(Token::Text("a")), Some(Token::Text("b"))));
        assert_eq!(
            (tokens.text_in_line(), tokens.text_in_line(), tokens.text()),
            (Some("b"), None, Some("d"))
        );
    }
}
