//! Before a bot runs: the commands are registered, and what is missing is said.

use super::{Bot, commands};
use crate::discord::client::{Answer, Method};
use crate::text::counted;

impl Bot {
    /// Tells Discord of the commands, if it has others; whether it had.
    ///
    /// # Errors
    /// Discord does not take them; says why.
    pub fn register(&self, guild: Option<&str>) -> Result<bool, String> {
        let application = &self.config.application;
        let url = match guild {
            Some(guild) => format!("{}/applications/{application}/guilds/{guild}/commands", self.config.api),
            None => format!("{}/applications/{application}/commands", self.config.api),
        };
        let token = &self.config.token;
        let there = self.client.fetch(&url, token).map_err(|answer| answer.reason())?;
        if commands::are_registered(&there) {
            return Ok(false);
        }
        match self.client.call(Method::Put, &url, Some(token), &commands::registration()) {
            Answer::Done(_) => Ok(true),
            other => Err(other.reason()),
        }
    }

    /// What is right and what is missing, a line each.
    pub fn check(&self) -> Vec<(bool, String)> {
        let api = &self.config.api;
        let token = &self.config.token;
        let mut lines = Vec::new();
        match self.client.fetch(&format!("{api}/users/@me"), token) {
            Ok(user) => {
                let name = user["username"].as_str().unwrap_or("?");
                lines.push((true, format!("the token is that of {name}")));
            }
            Err(answer) => {
                lines.push((false, answer.about("Discord", "Discord does not accept the token")));
                return lines;
            }
        }
        let application = &self.config.application;
        match self.client.fetch(&format!("{api}/applications/{application}/commands"), token) {
            Ok(there) if commands::are_registered(&there) => {
                lines.push((true, "the commands are registered".to_owned()));
            }
            Ok(_) => lines
                .push((false, "the commands are not registered: `proximity discord register`".to_owned())),
            Err(answer) => {
                let refused =
                    format!("the commands cannot be read; is {application} the application's number?");
                lines.push((false, answer.about("the commands", &refused)));
            }
        }
        for guild in self.guilds.values() {
            match self.client.fetch(&format!("{api}/guilds/{}", guild.id), token) {
                Ok(_) => {
                    let rounds = counted(guild.service.season().len() as u64, "round", "rounds");
                    lines.push((true, format!("server {}: the bot is there; {rounds}", guild.id)));
                }
                Err(answer) => {
                    let said = answer.about("it", "the bot is not there; `proximity discord invite`");
                    lines.push((false, format!("server {}: {said}", guild.id)));
                }
            }
        }
        lines
    }
}
