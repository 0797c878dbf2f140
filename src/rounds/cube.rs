//! Sums that another program made, in the place of rounds: pictures of whole sums are drawn from them, and no other.

use std::io::Read as _;

use sha2::{Digest, Sha256};

use super::error::RoundsError;
use super::read::{EachRound, RoundView};
use crate::analysis::{Elsewhere, HeatSums, SumsWanted};
use crate::files;
use crate::lake::Cube;
use crate::progress::Progress;
use crate::text::hex;

/// Bytes that are hashed at once.
const READ_BYTES: usize = 1 << 16;

/// A file of sums, and of how many lives they are.
#[derive(Debug)]
pub struct CubeRounds {
    cube: Cube,
    elsewhere: Elsewhere,
}

impl CubeRounds {
    /// These sums of so many lives.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn new(cube: Cube, lives: u64) -> Result<Self, RoundsError> {
        let failed = |source| RoundsError::Unreadable { path: cube.path().to_owned(), source };
        let mut hash = Sha256::new();
        let mut file = files::open(cube.path())?;
        let mut bytes = vec![0; READ_BYTES];
        loop {
            match file.read(&mut bytes).map_err(failed)? {
                0 => break,
                read => hash.update(&bytes[..read]),
            }
        }
        let sha256 = hex(&hash.finalize());
        Ok(Self { elsewhere: Elsewhere { file: cube.name(), sha256, lives }, cube })
    }
}

impl EachRound for CubeRounds {
    fn look<A: Send>(
        &self,
        _progress: &dyn Progress,
        _what: &str,
        make: impl Fn() -> A + Sync,
        _add: impl Fn(&mut A, &RoundView<'_>) + Sync,
        _merge: impl Fn(&mut A, A),
    ) -> Result<A, RoundsError> {
        Ok(make())
    }

    fn summed(
        &self,
        wanted: &SumsWanted<'_>,
        take: &mut dyn FnMut(&HeatSums),
    ) -> Result<Option<Self>, RoundsError> {
        take(&HeatSums { elsewhere: Some(self.elsewhere.clone()), ..HeatSums::default() });
        self.cube.each(&wanted.grids.time, take)?;
        // Nothing is left to read.
        Ok(Some(Self { cube: Cube::open(self.cube.path())?, elsewhere: self.elsewhere.clone() }))
    }
}
