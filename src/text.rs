//! Text from files of every age.

use std::borrow::Cow;

/// Windows-1252 from 0x80 to 0x9f; the five bytes that it leaves out stay control characters.
const UPPER_CONTROLS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}',
    '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// Bytes as text: UTF-8, or else Windows-1252, in which clients of version 2.60b write names.
pub(crate) fn decoded(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => bytes
            .iter()
            .map(|&byte| match byte {
                0x80..=0x9f => UPPER_CONTROLS[usize::from(byte - 0x80)],
                _ => char::from(byte),
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::decoded;

    #[test]
    fn what_is_not_utf_8_is_windows_1252() {
        assert_eq!(decoded("Zoée".as_bytes()), "Zoée");
        assert_eq!(decoded(b"Zo\xe9e"), "Zoée");
        assert_eq!(decoded(b"\x80 \x93\xdc\x94 \x99 \xff"), "€ “Ü” ™ ÿ");
        // One odd byte decides for all of them.
        assert_eq!(decoded(b"\xc3\xa9\xe9"), "Ã©é");
    }
}
