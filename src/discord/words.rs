//! Foreign text in messages: it stays text.

use crate::text::visible;

/// What Discord's markup gives a meaning to.
const SIGNS: &str = "\\*_~|`>#[]():<@-+.!";

/// A foreign text as it stands in a message: no markup, no mention, no link, nothing invisible; at most `most` characters,
/// those that take a meaning away included.
pub fn plain(text: &str, most: usize) -> String {
    let mut out = String::new();
    let mut length = 0;
    for c in visible(text).chars() {
        let takes = 1 + usize::from(SIGNS.contains(c));
        if length + takes > most {
            break;
        }
        length += takes;
        if takes > 1 {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_a_name() {
        let name = plain("@everyone **x** <@1> [a](http://b) `c`\u{202e}", 100);
        assert_eq!(
            name,
            r"\@everyone \*\*x\*\* \<\@1\> \[a\]\(http\://b\) \`c\`\\u\{202e\}"
                .replace(r"\{202e\}", "{202e}")
        );
        assert_eq!(plain("**", 3), r"\*", "no sign is cut from what takes its meaning away");
        assert_eq!(plain("abc", 2), "ab");
    }
}
