//! From a request to its answer.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper::header::{ACCEPT, HeaderMap, IF_NONE_MATCH};
use hyper::{Method, Request as HttpRequest, StatusCode};
use serde_json::json;

use super::reply::{self, Reply};
use super::{Site, pages, query};
use crate::analysis::{Area, CameFrom, Passes, State};
use crate::figure::Recipe;
use crate::figure::replay::AnimationKind;
use crate::figure::request::{RECIPE, Request};
use crate::files;
use crate::raster::encode;
use crate::service::{Asker, Picture, Refusal, Service};

const EXPLORER: &str = include_str!("explorer/explorer.html");
const LOGIN: &str = include_str!("explorer/login.html");
const SCRIPT: &str = include_str!("explorer/explorer.js");
const LASSO: &str = include_str!("explorer/lasso.js");
const STYLE: &str = include_str!("explorer/explorer.css");
const ICON: &str = include_str!("explorer/icon.svg");
const OPENAPI: &str = include_str!("explorer/openapi.json");

/// The largest file of a report that is served, bytes.
const LARGEST_FILE: u64 = 64 << 20;
/// The largest body, bytes: that of the form with the token.
const LARGEST_BODY: usize = 4096;
/// Players that an area's answer names.
const MOST_PLAYERS: usize = 20;
/// How long a wrong token waits for its answer.
const WRONG_TOKEN: Duration = Duration::from_millis(500);

/// The answer to a request of a client.
pub(super) async fn route(site: &Arc<Site>, client: &str, asked: HttpRequest<Incoming>) -> Reply {
    let path = asked.uri().path().to_owned();
    match (path.as_str(), asked.method()) {
        ("/healthz", &Method::GET | &Method::HEAD) => {
            return match site.service() {
                Some(_) => reply::text("text/plain; charset=utf-8", "ok\n"),
                None => reply::reading(),
            };
        }
        ("/explorer.css", &Method::GET | &Method::HEAD) => {
            return reply::text("text/css; charset=utf-8", STYLE);
        }
        ("/icon.svg", &Method::GET | &Method::HEAD) => return reply::text("image/svg+xml", ICON),
        ("/login", &Method::POST) => return login(site, asked).await,
        (_, &Method::GET | &Method::HEAD) => {}
        _ => return reply::error(StatusCode::METHOD_NOT_ALLOWED, "only GET and HEAD are answered"),
    }
    if !site.access.admits(asked.headers()) {
        return denied(site, asked.headers());
    }
    match path.as_str() {
        "/" => reply::page(StatusCode::OK, EXPLORER),
        "/explorer.js" => reply::text("text/javascript; charset=utf-8", SCRIPT),
        "/lasso.js" => reply::text("text/javascript; charset=utf-8", LASSO),
        "/api" => reply::text("application/json", OPENAPI),
        "/reports" => reply::see_other("/reports/"),
        other => match (other.strip_prefix("/reports/").and_then(query::decoded), site.service()) {
            (Some(path), _) => report(site, &path).await,
            (None, Some(service)) => of_rounds(&Asked { site, service, client }, &asked).await,
            (None, None) => reply::reading(),
        },
    }
}

/// Whom a client asks about the rounds.
struct Asked<'a> {
    site: &'a Site,
    service: &'a Arc<Service>,
    client: &'a str,
}

impl Asked<'_> {
    fn asker(&self) -> Asker {
        Asker::new(self.client, self.client)
    }
}

/// The answer to a request about the rounds.
async fn of_rounds(to: &Asked<'_>, asked: &HttpRequest<Incoming>) -> Reply {
    let query = asked.uri().query().unwrap_or_default();
    let path = asked.uri().path();
    if let Some(Err(sentence)) = names_of(path).map(|names| query::check(query, names)) {
        return wrong(&sentence);
    }
    match path {
        "/metrics" => reply::text("text/plain; version=0.0.4", to.service.metrics_text()),
        "/api/season" => season(to),
        "/api/picture.png" => {
            let known = asked.headers().get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
            let is_download = query::value(query, "download").is_some();
            match picture(to, query).await {
                Ok(made) => {
                    reply::picture(Bytes::from_owner(Arc::clone(&made.bytes)), &made.key, known, is_download)
                }
                Err(refused) => refused,
            }
        }
        "/api/replay.gif" => replay(to, query, AnimationKind::Gif, "image/gif", "replay.gif").await,
        #[cfg(feature = "video")]
        "/api/replay.mp4" => replay(to, query, AnimationKind::Video, "video/mp4", "replay.mp4").await,
        "/api/picture.json" => match picture(to, query).await {
            Ok(made) => about(&made),
            Err(refused) => refused,
        },
        "/api/passes" => match passes(to, query).await {
            Ok(counted) => reply::as_json(&counted),
            Err(refused) => refused,
        },
        "/api/request.json" => match request_of(query) {
            Ok(request) => {
                reply::attached(reply::text("application/json", request.to_json()), "request.json")
            }
            Err(sentence) => wrong(&sentence),
        },
        _ => reply::error(StatusCode::NOT_FOUND, "there is no such page; /api tells what there is"),
    }
}

/// The names that the query of an address may have, where it is about a picture.
fn names_of(path: &str) -> Option<&'static [&'static str]> {
    match path {
        "/api/picture.png" => Some(&["request", "download"]),
        "/api/passes" => Some(&["request", "area"]),
        "/api/picture.json" | "/api/request.json" | "/api/replay.gif" | "/api/replay.mp4" => {
            Some(&["request"])
        }
        _ => None,
    }
}

/// What there is to ask for.
fn season(to: &Asked<'_>) -> Reply {
    let season = to.service.season();
    match serde_json::to_value(season.contents()) {
        Ok(mut contents) => {
            contents["reports"] = (!to.site.pages().is_empty()).into();
            contents["replay"] = if cfg!(feature = "video") { "mp4" } else { "gif" }.into();
            contents["in_memory"] = season.kept().into();
            reply::as_json(&contents)
        }
        Err(_) => reply::error(StatusCode::INTERNAL_SERVER_ERROR, "the season cannot be described"),
    }
}

/// The request that a query holds, or a sentence about what is wrong with it.
fn request_of(query: &str) -> Result<Request, String> {
    let text = query::value(query, "request").filter(|text| !text.trim().is_empty());
    let text =
        text.ok_or("the query needs one value `request`, a picture as JSON in UTF-8; /api tells its form")?;
    Request::from_json(&text).map_err(|error| crate::text::with_causes(&error))
}

/// The answer to a query that asks for nothing that can be given.
fn wrong(sentence: &str) -> Reply {
    reply::error(StatusCode::BAD_REQUEST, sentence)
}

/// The picture that a query asks for, drawn on a thread of its own.
async fn picture(to: &Asked<'_>, query: &str) -> Result<Arc<Picture>, Reply> {
    let request = request_of(query).map_err(|sentence| wrong(&sentence))?;
    let (own, asker) = (Arc::clone(to.service), to.asker());
    let drawn = tokio::task::spawn_blocking(move || own.picture(&request, &asker)).await;
    drawn.unwrap_or(Err(Refusal::Broken)).map_err(|refusal| reply::refused(&refusal, &*to.site.log))
}

/// The replay that a query asks for, as a file to keep.
async fn replay(
    to: &Asked<'_>,
    query: &str,
    kind: AnimationKind,
    media_type: &'static str,
    name: &str,
) -> Reply {
    let request = match request_of(query) {
        Ok(request) => request,
        Err(sentence) => return wrong(&sentence),
    };
    let (own, asker) = (Arc::clone(to.service), to.asker());
    let made = tokio::task::spawn_blocking(move || own.replay(&request, kind, &asker)).await;
    match made.unwrap_or(Err(Refusal::Broken)) {
        Ok(made) => {
            reply::attached(reply::text(media_type, Bytes::from_owner(Arc::clone(&made.bytes))), name)
        }
        Err(refusal) => reply::refused(&refusal, &*to.site.log),
    }
}

/// Who passes the area of a query.
async fn passes(to: &Asked<'_>, query: &str) -> Result<serde_json::Value, Reply> {
    let request = request_of(query).map_err(|sentence| wrong(&sentence))?;
    let area = query::value(query, "area").as_deref().and_then(area_of).ok_or_else(|| {
        wrong("the query needs one value `area`, 3 to 64 corners as x,y,x,y,… in units of the world")
    })?;
    let (own, asker) = (Arc::clone(to.service), to.asker());
    let counted = tokio::task::spawn_blocking(move || own.passes(&request, &area, &asker)).await;
    let counted =
        counted.unwrap_or(Err(Refusal::Broken)).map_err(|refusal| reply::refused(&refusal, &*to.site.log))?;
    Ok(counted_json(&counted))
}

/// The area between corners, `x,y,x,y,…`.
fn area_of(text: &str) -> Option<Area> {
    let numbers: Vec<f64> =
        text.split(',').map(|number| number.trim().parse().ok()).collect::<Option<_>>()?;
    if numbers.len() % 2 == 1 {
        return None;
    }
    Area::new(numbers.chunks(2).map(|corner| (corner[0], corner[1])).collect())
}

/// What was counted, in words; the players with the most passes first.
fn counted_json(counted: &Passes) -> serde_json::Value {
    let mut players: Vec<(&String, &u64)> = counted.by_player.iter().collect();
    players.sort_by(|a, b| b.1.cmp(a.1).then_with(|| a.0.cmp(b.0)));
    players.truncate(MOST_PLAYERS);
    let from = counted.from.iter().map(|(from, passes)| {
        let words = match from {
            CameFrom::Spawn => "a spawn, less than ten seconds ago",
            CameFrom::Here => "the area itself",
            CameFrom::Direction(direction) => direction.label(),
        };
        json!({ "from": words, "passes": passes })
    });
    let teams =
        ["axis", "allies", "other"].into_iter().zip(counted.by_team).filter(|(_, passes)| *passes > 0);
    let states = State::ALL.iter().zip(counted.state_ms).rev();
    json!({
        "passes": counted.passes, "lives": counted.lives, "all_lives": counted.all_lives,
        "died": counted.died, "killed": counted.killed,
        "teams": teams.map(|(team, passes)| json!({ "team": team, "passes": passes })).collect::<Vec<_>>(),
        "states": states.map(|(state, ms)| json!({ "state": state.to_string(), "ms": ms })).collect::<Vec<_>>(),
        "from": from.collect::<Vec<_>>(),
        "minutes": counted.by_minute.iter().map(|(minute, passes)| json!({ "minute": minute, "passes": passes })).collect::<Vec<_>>(),
        "players": players.iter().map(|(name, passes)| json!({ "name": name, "passes": passes })).collect::<Vec<_>>(),
    })
}

/// What a picture shows, for a page that draws over it.
fn about(picture: &Picture) -> Reply {
    let recipe: Option<Recipe> = encode::read_text(&picture.bytes, RECIPE)
        .ok()
        .flatten()
        .and_then(|text| serde_json::from_str(&text).ok());
    match recipe {
        Some(recipe) => reply::as_json(&json!({
            "alt": picture.alt, "key": picture.key, "size_px": recipe.size_px, "filter": recipe.filter,
            "counts": recipe.counts, "calibration": recipe.calibration, "floors": recipe.floors,
        })),
        None => reply::error(StatusCode::INTERNAL_SERVER_ERROR, "the picture does not say how it was made"),
    }
}

/// A file of the reports' folder.
async fn report(site: &Arc<Site>, path: &str) -> Reply {
    let pages = site.pages();
    let Some(file) = pages.file(path) else {
        return reply::error(StatusCode::NOT_FOUND, "there is no such page in the reports");
    };
    let (kind, file) = (pages::media_type(file), file.to_owned());
    match tokio::task::spawn_blocking(move || files::read(&file, LARGEST_FILE)).await {
        Ok(Ok(bytes)) => reply::file(kind, bytes),
        Ok(Err(error)) => {
            (site.log)(&error.to_string());
            reply::error(StatusCode::NOT_FOUND, "the page cannot be read")
        }
        Err(_) => reply::error(StatusCode::INTERNAL_SERVER_ERROR, "the page cannot be read"),
    }
}

/// What is said to those who may not ask: a browser gets the form for the token.
fn denied(site: &Site, headers: &HeaderMap) -> Reply {
    if !site.access.needs_token() {
        return reply::error(StatusCode::FORBIDDEN, "this address is answered under the name localhost only");
    }
    let accepted = headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    if accepted.is_some_and(|kinds| kinds.contains("text/html")) {
        return reply::page(StatusCode::UNAUTHORIZED, LOGIN);
    }
    reply::error(StatusCode::UNAUTHORIZED, "a token is needed: Authorization: Bearer TOKEN")
}

/// The form with the token.
async fn login(site: &Arc<Site>, asked: HttpRequest<Incoming>) -> Reply {
    let body = Limited::new(asked.into_body(), LARGEST_BODY).collect();
    let Ok(Ok(body)) = tokio::time::timeout(Duration::from_secs(10), body).await else {
        return reply::error(StatusCode::PAYLOAD_TOO_LARGE, "the form is too large or too slow");
    };
    let body = String::from_utf8_lossy(&body.to_bytes()).into_owned();
    let cookie = query::value(&body, "token").and_then(|token| site.access.cookie(&token));
    if let Some(cookie) = cookie {
        return reply::with_cookie(reply::see_other("/"), &cookie);
    }
    tokio::time::sleep(WRONG_TOKEN).await;
    reply::page(StatusCode::UNAUTHORIZED, LOGIN)
}
