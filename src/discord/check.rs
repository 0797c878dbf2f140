//! Whether messages would reach a target, asked without sending one.

use super::Target;
use super::address::Address;
use super::client::Client;
use crate::text::with_causes;

impl Target {
    /// Whether its secret is there and Discord knows the place, and a sentence about it. Nothing is sent.
    pub fn check(&self) -> (bool, String) {
        let name = &self.name;
        let address = match self.address() {
            Ok(address) => address,
            Err(error) => return (false, format!("target {name}: {}", with_causes(&error))),
        };
        let what = match address {
            Address::Webhook { .. } => "webhook",
            Address::Channel { .. } => "channel",
        };
        match Client::new(self.timeout).look(&address) {
            Ok(place) => {
                let called = place["name"].as_str().map(|name| format!(", {name}")).unwrap_or_default();
                (true, format!("target {name}: the {what} is there{called}"))
            }
            Err(answer) => {
                let thing = format!("the {what}");
                let said = answer.about(&thing, &format!("{thing} is not there"));
                (false, format!("target {name}: {said}"))
            }
        }
    }
}
