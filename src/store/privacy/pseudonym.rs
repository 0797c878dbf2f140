//! Pseudonyms: the same for the same player and salt, and of no use without the salt (HMAC-SHA-256).

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use crate::model::{Guid, GuidKind, PlayerName};
use crate::store::row::texts::hex;

/// The secret that pseudonyms are made with. Kept by its owner, never in a database; without it
/// no one can find out which guid became which pseudonym.
#[derive(Clone, PartialEq, Eq)]
pub struct Salt(Vec<u8>);

impl Salt {
    /// Shortest salt, bytes: fewer can be guessed.
    pub const SHORTEST: usize = 16;

    /// A salt from a secret, surrounding white space left out; `None` when it is shorter than
    /// [`Salt::SHORTEST`].
    pub fn new(secret: &[u8]) -> Option<Self> {
        let secret = secret.trim_ascii();
        (secret.len() >= Self::SHORTEST).then(|| Self(secret.to_vec()))
    }

    /// 32 bytes that follow from the salt and some texts.
    pub(crate) fn digest(&self, what: &str, texts: &[&str]) -> [u8; 32] {
        let mut message = what.as_bytes().to_vec();
        for text in texts {
            message.push(0);
            message.extend_from_slice(text.as_bytes());
        }
        let mut hmac = Hmac::<Sha256>::new_from_slice(&self.0).expect("a key may have any length");
        hmac.update(&message);
        hmac.finalize().into_bytes().into()
    }
}

impl std::fmt::Debug for Salt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Salt(…)")
    }
}

/// Makes pseudonyms.
#[derive(Debug, Clone)]
pub struct Pseudonyms {
    salt: Salt,
}

/// Hexadecimal digits of a pseudonym that say who it is; those after them only prove that it is one.
const SIGNIFICANT: usize = 24;
/// Digits of a guid.
const DIGITS: usize = 32;
/// How a bot's guid begins.
const BOT: &str = "OMNIBOT";

impl Pseudonyms {
    /// Pseudonyms of a salt.
    pub fn new(salt: &Salt) -> Self {
        Self { salt: salt.clone() }
    }

    /// The pseudonym of a guid. What it is a guid of can still be seen: a person's, a bot's. Stand-ins such as `SLOT5`
    /// and the world name no player and stay. A pseudonym stays too: doing it twice is doing it once.
    pub fn guid(&self, guid: &Guid) -> Guid {
        let text = guid.as_str().trim_end();
        let prefix = match guid.kind() {
            GuidKind::Person => "",
            GuidKind::Bot => BOT,
            GuidKind::FileLocal | GuidKind::World => return guid.clone(),
        };
        if self.is_pseudonym(text, prefix) {
            return guid.clone();
        }
        let mut digits = self.digits("guid", &[text]);
        digits.truncate(SIGNIFICANT - prefix.len());
        Guid::new(self.proven(&digits, prefix))
    }

    /// The pseudonym of a name: for a person or a bot it follows from the guid, whatever the name was; for a stand-in,
    /// from the name.
    pub fn name(&self, guid: &Guid, name: &PlayerName) -> PlayerName {
        let kind = match guid.kind() {
            GuidKind::World => return name.clone(),
            GuidKind::FileLocal if name.as_str().is_empty() => return name.clone(),
            GuidKind::FileLocal => {
                let digits = self.digits("name", &[name.as_str()]);
                // An own pseudonym is known by its second half.
                let is_own = name.as_str().strip_prefix("player-").is_some_and(|rest| {
                    rest.split_at_checked(4)
                        .is_some_and(|(first, second)| second == self.short("proof", first))
                });
                if is_own {
                    return name.clone();
                }
                let first = digits[..4].to_ascii_lowercase();
                let second = self.short("proof", &first);
                return PlayerName::from(format!("player-{first}{second}").as_str());
            }
            GuidKind::Bot => "bot",
            GuidKind::Person => "player",
        };
        let pseudonym = self.guid(guid);
        let digits = self.digits("called", &[pseudonym.as_str()])[..8].to_ascii_lowercase();
        PlayerName::from(format!("{kind}-{digits}").as_str())
    }

    fn short(&self, what: &str, text: &str) -> String {
        self.digits(what, &[text])[..4].to_ascii_lowercase()
    }

    fn proven(&self, digits: &str, prefix: &str) -> String {
        let proof = self.digits("proof", &[digits]);
        format!("{prefix}{digits}{}", &proof[..DIGITS - SIGNIFICANT])
    }

    fn is_pseudonym(&self, text: &str, prefix: &str) -> bool {
        let digits = text.strip_prefix(prefix).and_then(|rest| rest.get(..SIGNIFICANT - prefix.len()));
        digits.is_some_and(|digits| self.proven(digits, prefix) == text)
    }

    /// 64 hexadecimal digits that follow from the salt and some texts.
    fn digits(&self, what: &str, texts: &[&str]) -> String {
        hex(&self.salt.digest(what, texts)).to_ascii_uppercase()
    }
}

/// A guid that no player has or had, and that cannot be traced back: from the system's randomness.
pub(in crate::store) fn random_guid() -> Guid {
    use std::hash::{BuildHasher, RandomState};
    let random: Vec<u8> = (0..4_u8).flat_map(|n| RandomState::new().hash_one(n).to_le_bytes()).collect();
    Guid::new(hex(&Sha256::digest(random))[..DIGITS].to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pseudonyms_are_stable_and_hide_who_it_is() {
        let pseudonyms = Pseudonyms::new(&Salt::new(b"a secret of sixteen\n").unwrap());
        let others = Pseudonyms::new(&Salt::new(b"another secret, also long").unwrap());
        let (guid, name) = (Guid::from("0F1E2D3C4B5A69788796A5B4C3D2E1F0"), PlayerName::from("^1Al^7pha"));
        let pseudonym = pseudonyms.guid(&guid);
        assert_eq!(pseudonym.as_str().len(), 32);
        assert_ne!(pseudonym, guid);
        assert_ne!(pseudonym, others.guid(&guid));
        assert_eq!(pseudonyms.guid(&pseudonym), pseudonym);
        assert_ne!(others.guid(&pseudonym), pseudonym);
        let called = pseudonyms.name(&guid, &name);
        assert!(called.as_str().starts_with("player-"));
        assert_eq!(called, pseudonyms.name(&pseudonym, &called));
        assert_eq!(called, pseudonyms.name(&guid, &PlayerName::from("another name")));
    }

    #[test]
    fn kinds_stay_what_they_are() {
        let pseudonyms = Pseudonyms::new(&Salt::new(b"a secret of sixteen").unwrap());
        let bot = pseudonyms.guid(&Guid::from("OMNIBOT0100000000000000000000000 "));
        assert_eq!((bot.kind(), bot.as_str().len()), (GuidKind::Bot, 32));
        assert_eq!(pseudonyms.guid(&bot), bot);
        for stand_in in ["SLOT5", "", "UNKNOWN", "WORLD_1022"] {
            assert_eq!(pseudonyms.guid(&Guid::from(stand_in)).as_str(), stand_in);
        }
        let slot = Guid::from("SLOT5");
        let called = pseudonyms.name(&slot, &PlayerName::from("Cee"));
        assert_ne!(called.as_str(), "Cee");
        assert_eq!(pseudonyms.name(&slot, &called), called);
    }

    #[test]
    fn short_salts_are_refused() {
        assert_eq!(Salt::new(b"  too short here  \n"), None);
        assert_eq!(format!("{:?}", Salt::new(b"a secret of sixteen").unwrap()), "Salt(…)");
    }
}
