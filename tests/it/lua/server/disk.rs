//! The engine's file system as scripts see it: handles, modes, nothing on disk before a file is closed.

use std::collections::BTreeMap;

const HANDLES: usize = 64;
/// Room for a file that is appended to, bytes.
const GROWTH: usize = 32 << 20;

/// Files by name, and the handles that are open.
#[derive(Default)]
pub struct Disk {
    pub files: BTreeMap<String, Vec<u8>>,
    open: BTreeMap<i64, Open>,
    next_handle: i64,
    replaced: Vec<Vec<u8>>,
    /// No file can be opened for writing.
    pub refuses_writes: bool,
    /// Longest single write, bytes.
    pub longest_write: usize,
}

struct Open {
    path: String,
    mode: i64,
    buffer: Vec<u8>,
    at: usize,
}

impl Disk {
    /// `fd, len` as the engine answers; `Err` is what stops the server.
    pub fn open(&mut self, path: &str, mode: i64) -> Result<(i64, i64), String> {
        if path.contains("..") || path.starts_with('/') || path.contains('\\') {
            return Ok((0, -1));
        }
        let length = match mode {
            0 => match self.files.get(path) {
                Some(bytes) => bytes.len() as i64,
                None => return Ok((0, -1)),
            },
            1..=3 if self.refuses_writes => return Ok((0, -1)),
            1..=3 => 0,
            other => return Err(format!("FS_FOpenFile: bad mode {other}")),
        };
        if self.open.len() >= HANDLES {
            return Err("no file handle left".into());
        }
        self.next_handle += 1;
        self.open.insert(self.next_handle, Open { path: path.into(), mode, buffer: Vec::new(), at: 0 });
        Ok((self.next_handle, length))
    }

    pub fn write(&mut self, handle: i64, bytes: &[u8]) -> Result<(), String> {
        self.longest_write = self.longest_write.max(bytes.len());
        let open = self.open.get_mut(&handle).ok_or("write to a handle that is not open")?;
        if open.mode == 0 {
            return Err("write to a file opened for reading".into());
        }
        open.buffer.extend_from_slice(bytes);
        Ok(())
    }

    /// At most `count` bytes, up to the first NUL.
    pub fn read(&mut self, handle: i64, count: usize) -> Result<Vec<u8>, String> {
        let open = self.open.get_mut(&handle).ok_or("read from a handle that is not open")?;
        let file = self.files.get(&open.path).map_or(&[][..], Vec::as_slice);
        let bytes = &file[open.at.min(file.len())..file.len().min(open.at + count)];
        open.at += bytes.len();
        Ok(bytes.split(|&b| b == 0).next().unwrap_or_default().to_vec())
    }

    pub fn close(&mut self, handle: i64) -> Result<(), String> {
        let open = self.open.remove(&handle).ok_or("close of a handle that is not open")?;
        match open.mode {
            1 => drop(self.files.insert(open.path, open.buffer)),
            2 | 3 => {
                let file = self.files.entry(open.path).or_default();
                // Appending is cheap on a disk; growing this vector must not look like the module's cost.
                file.reserve(if file.capacity() < GROWTH { GROWTH } else { 0 });
                file.extend(open.buffer);
            }
            _ => {}
        }
        Ok(())
    }

    pub fn rename(&mut self, from: &str, to: &str) {
        if let Some(bytes) = self.files.remove(from) {
            // Giving back its memory must not look like the module's cost either.
            self.replaced.extend(self.files.insert(to.into(), bytes));
        }
    }

    /// The server dies: what was not closed is lost.
    pub fn crash(&mut self) {
        self.open.clear();
    }

    pub fn open_handles(&self) -> Vec<&str> {
        self.open.values().map(|open| open.path.as_str()).collect()
    }
}
