//! Foreign text in a page: no markup, and no turn of the direction of what stands beside it.

use std::fmt;

use askama::filters::{Escaper, Html};

use crate::text::visible_in_page;

/// The escaper of every template (`askama.toml`): HTML's own, for text in which nothing is hidden.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Visible;

impl Escaper for Visible {
    fn write_escaped_str<W: fmt::Write>(&self, page: W, text: &str) -> fmt::Result {
        Html.write_escaped_str(page, &visible_in_page(text))
    }
}

#[cfg(test)]
mod tests {
    use askama::Template;

    #[derive(Template)]
    #[template(
        source = "<b title=\"{{ text }}\">{{ text }}</b> {{ number }}",
        ext = "html",
        config = "src/report/askama.toml"
    )]
    struct Page<'a> {
        text: &'a str,
        number: u64,
    }

    fn page(text: &str) -> String {
        Page { text, number: 7 }.render().unwrap()
    }

    #[test]
    fn what_is_not_seen_in_a_page_is_written_out() {
        let named = page("\u{202e}gpj\u{2066}\u{1b}[2J\u{9b}<i>");
        let shown = "\\u{202e}gpj\\u{2066}\\u{1b}[2J\\u{9b}&#60;i&#62;";
        assert_eq!(named, format!("<b title=\"{shown}\">{shown}</b> 7"));
        for harmless in ["Zoée 日本 👩\u{200d}🚀 שלום", "two\nlines\tand a tab"] {
            assert_eq!(page(harmless), format!("<b title=\"{harmless}\">{harmless}</b> 7"));
        }
    }
}
