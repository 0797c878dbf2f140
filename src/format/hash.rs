//! What tells one file's bytes from another's.

/// SHA-256 of a file's bytes as lower-case hex: equal for two copies of one file, whatever their names.
pub fn content_hash(bytes: &[u8]) -> String {
    use sha2::Digest;
    use std::fmt::Write;
    sha2::Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
