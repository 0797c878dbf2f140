// The explorer: controls to a request, the request to a picture, and both into the address, so that every view is a link.
// Names come from whoever played: they are only ever set as text or as the value of an option.

import { lasso, tell } from "/lasso.js";

const controls = document.querySelector("#controls");
const field = (name) => controls.elements[name];
const element = (id) => document.getElementById(id);
const [status, sheet, picture, caption] = ["status", "sheet", "picture", "caption"].map(element);

const narrow = matchMedia("(max-width: 48rem)");
const SIZE = { wide: 900, narrow: 720 };
// A slider at its end means no limit.
const WINDOWS = { life: Number(field("life-to").max), round: Number(field("round-to").max) };
// Of a life the first two minutes stand second by second, the rest up to half an hour by quarters of a minute.
const [FINE, COARSE] = [120, 15];
const SECONDS = { life: (at) => (at <= FINE ? at : FINE + (at - FINE) * COARSE), round: (at) => at };
const PLACE = { life: (s) => (s <= FINE ? s : FINE + Math.round((s - FINE) / COARSE)), round: (s) => s };
// Between the values of a link that names several.
const SEVERAL = ", ";
/** The time that a slider shows, s. */
const secondsOf = (name, end) => SECONDS[name](Number(field(`${name}-${end}`).value));
const WAIT_MS = 150;
const AGAIN_MS = 1000;

let season;
// What of the request in the address no control shows: it stays as it is.
let kept = {};
// Players of a link that names several: the box holds their names in one line.
let group = { words: "", players: [] };

const clock = (s) => (s < 60 ? `${s} s` : `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")} min`);

/** The span that two sliders mean, in the words of the filter; undefined for all of it. */
const windowOf = (name) => {
  const [from, to] = ["from", "to"].map((end) => secondsOf(name, end));
  const last = SECONDS[name](WINDOWS[name]);
  if (from === 0 && to === last) return undefined;
  return `${from}..${to === last ? "" : to}`;
};

/** The options of the figure that is chosen. */
const optionsOf = (figure, kept) => {
  const own = figure === kept.figure ? kept.options : {};
  switch (figure) {
    case "heatmap": return { ...own, by: field("by").value, mode: field("mode").value };
    case "paths": return { ...own, color: field("color").value };
    case "arrival": return { ...own, team: field("team").value || undefined };
    default: return own;
  }
};

/** The request that the controls mean, with what of `kept` they do not show. */
const requestOf = (kept) => {
  const figure = field("figure").value || kept.figure;
  const filter = { ...kept.filter };
  const set = (name, value) => {
    if (value) filter[name] = value;
    else delete filter[name];
  };
  const one = (name) => (field(name).value ? field(name).value.split(SEVERAL) : undefined);
  const player = field("player").value.trim();
  set("map", one("map"));
  set("session", field("session").value);
  set("round", Number(field("round").value));
  set("player", player && (player === group.words ? group.players : [player]));
  set("team", one("team"));
  set("class", one("class"));
  set("state", figure === "exits" ? undefined : one("state"));
  // Half checked: bots alone, as a link asked for them.
  if (!field("bots").indeterminate) set("bots", field("bots").checked ? "include" : undefined);
  set("life_window", windowOf("life"));
  set("round_window", windowOf("round"));
  const layout = kept.layout ?? (narrow.matches
    ? { legend: "portrait", size_px: SIZE.narrow } : { legend: "landscape", size_px: SIZE.wide });
  const request = { version: 1, figure, options: optionsOf(figure, kept), filter, layout };
  if (kept.base) request.base = kept.base;
  if (kept.floor !== undefined) request.floor = kept.floor;
  if (kept.crop) request.crop = kept.crop;
  if (kept.imprint) request.imprint = kept.imprint;
  return request;
};

/** Sets the controls to what a request says. A value that has no option gets one. */
const show = (request) => {
  controls.reset();
  const { figure = "heatmap", options = {}, filter = {}, layout, base, floor, crop, imprint } = request;
  const choose = (name, value) => {
    const select = field(name);
    if (value === undefined || value === null) return;
    if (![...select.options].some((option) => option.value === String(value))) select.add(new Option(value, value));
    select.value = value;
  };
  field("figure").value = figure;
  choose("map", filter.map?.[0] ?? season.maps[0]?.name);
  choose("session", filter.session);
  choose("round", filter.round);
  group = { words: (filter.player ?? []).join(SEVERAL).trim(), players: filter.player ?? [] };
  field("player").value = group.words;
  for (const name of ["team", "class", "state"]) choose(name, filter[name]?.join(SEVERAL));
  choose("by", options.by);
  choose("mode", options.mode);
  choose("color", options.color);
  field("bots").checked = filter.bots === "include";
  field("bots").indeterminate = filter.bots === "only";
  for (const name of ["life", "round"]) {
    const [from, to] = String(filter[`${name}_window`] ?? "..").split("..");
    field(`${name}-from`).value = PLACE[name](Number(from) || 0);
    field(`${name}-to`).value = to ? PLACE[name](Number(to) || 0) : WINDOWS[name];
    // Sliders know coarser steps than an address.
    untangle(field(`${name}-from`));
  }
  kept = request.version ? { figure, options, filter, layout, base, floor, crop, imprint } : {};
  arrange();
};

/** Shows the controls that mean something to the figure, and what the sliders say. */
const arrange = () => {
  const figure = field("figure").value;
  for (const part of controls.querySelectorAll("[data-for]")) part.hidden = part.dataset.for !== figure;
  // An exit is walked in whatever state.
  field("state").disabled = figure === "exits";
  for (const name of ["life", "round"]) {
    const [from, to] = ["from", "to"].map((end) => field(`${name}-${end}`));
    const words = windowOf(name);
    const [begin, last] = [clock(secondsOf(name, "from")), clock(secondsOf(name, "to"))];
    const end = Number(to.value) === WINDOWS[name] ? "the end" : last;
    element(`${name}-words`).value = words ? `${begin} to ${end}` : "all of it";
    from.setAttribute("aria-valuetext", begin);
    to.setAttribute("aria-valuetext", end);
  }
};

/** A span has its beginning before its end: the slider that was not moved gives way. */
const untangle = (moved) => {
  const [name, end] = moved.name.split("-");
  if (!(name in WINDOWS)) return;
  const [from, to] = ["from", "to"].map((which) => field(`${name}-${which}`));
  if (Number(from.value) < Number(to.value)) return;
  const step = Number(from.step);
  if (end === "from") {
    from.value = Math.min(Number(from.value), WINDOWS[name] - step);
    to.value = Number(from.value) + step;
  } else {
    to.value = Math.max(Number(to.value), step);
    from.value = Number(to.value) - step;
  }
};

const query = (request) => `request=${encodeURIComponent(JSON.stringify(request))}`;

/** The replay of what a request shows: its last round, or its player's lives in all of them. */
const replayOf = ({ filter = {} }) => {
  const { state, ...rest } = filter;
  return { version: 1, figure: "replay", options: {}, filter: rest, layout: { size_px: 640 } };
};

// The request that is shown. It may say more than the controls can, when it came with a link.
let current;
let corners = [];
let counted = 0;

const area = lasso(element("lasso"), element("draw"), (drawn) => {
  corners = drawn;
  history.replaceState(null, "", address(current));
  element("link").href = address(current);
  count();
});

/** The same text for the same request, whatever the order of its names. */
const canonical = (value) => JSON.stringify(value, (_, inner) => {
  const isObject = typeof inner === "object" && inner && !Array.isArray(inner);
  return isObject ? Object.fromEntries(Object.entries(inner).sort()) : inner;
});

/** What of the controls is not as at first, as pairs of a name and a value; the map always, or newer rounds would change it. */
const wordsOf = () => {
  const at = { life_window: windowOf("life"), round_window: windowOf("round") };
  const plain = [...controls.elements].filter((part) => part.name && part.type !== "range" && !part.disabled && !part.closest("[hidden]"));
  const said = (part) => {
    if (part.type === "radio") return part.checked && !part.defaultChecked;
    if (part.type === "checkbox") return part.checked;
    return part.value.trim() && (part.name === "map" || part.value !== part.options?.[0]?.value);
  };
  const words = plain.filter(said).map((part) => [part.name, part.value.trim()]);
  return [...words, ...Object.entries(at).filter(([, value]) => value)];
};

/** The address of a view: a few words where the controls say all of it, else its request. */
const address = (request) => {
  const hasSeveral = Object.values(request.filter).some((value) => Array.isArray(value) && value.length > 1);
  const isShort = !hasSeveral && canonical(requestOf({})) === canonical(request);
  const words = isShort ? new URLSearchParams(wordsOf()).toString() : query(request);
  const area = corners.length ? `area=${corners.flat().join(",")}` : "";
  return `/?${[words, area].filter(Boolean).join("&")}`;
};

// What of the address has no effect, a sentence each.
let odd = [];

const SPAN = /^(\d+(?:\.\d+)?)?\.\.(\d+(?:\.\d+)?)?$/;
const isSpan = (text) => {
  const [, from = "0", to = "Infinity"] = SPAN.exec(text) ?? ["", "0", "0"];
  return Number(from) < Number(to);
};
const FIGURES = [...controls.querySelectorAll("[name=figure]")].map((figure) => figure.value);
/** What a word of the address may say, and what that is called. The rest is known to the program alone, which says it. */
const WORDS = new Map(Object.entries({
  figure: [(text) => FIGURES.includes(text), `one of ${FIGURES.join(", ")}`],
  round: [(text) => /^\d+$/.test(text), "a number"],
  bots: [(text) => ["on", "include"].includes(text), "on"],
  life_window: [isSpan, "a span of seconds such as 20..40"],
  round_window: [isSpan, "a span of seconds such as 20..40"],
}));
const OTHERS = ["map", "session", "player", "team", "class", "state", "by", "mode", "color"];
const short = (text) => (text.length > 40 ? `${text.slice(0, 40)}…` : text);

/** Takes the words out of an address that the page does not know, and says so. */
const understood = (words) => {
  const known = new URLSearchParams();
  for (const [name, text] of words) {
    const [holds, what] = WORDS.get(name) ?? [() => true];
    if (name === "area" || !text) continue;
    if (!WORDS.has(name) && !OTHERS.includes(name)) odd.push(`This page knows no “${short(name)}”.`);
    else if (!holds(text)) odd.push(`${name} is ${what}, not “${short(text)}”.`);
    else known.append(name, text);
  }
  return known;
};

/** Says which words of an address mean nothing to the figure that is shown. */
const tellIdle = (words) => {
  for (const name of new Set(words.keys())) {
    const part = controls.elements[name];
    if (part?.disabled || part?.closest?.("[hidden]")) odd.push(`${name} means nothing to ${field("figure").value}.`);
  }
};

/** The request of an address of words; empty where there is none. */
const ofWords = (words) => {
  const word = (name) => words.get(name) || undefined;
  const list = (name) => word(name) && [word(name)];
  const filter = {
    map: list("map"), session: word("session"), round: word("round"), player: list("player"), team: list("team"),
    class: list("class"), state: list("state"), bots: words.has("bots") ? "include" : undefined,
    life_window: word("life_window"), round_window: word("round_window"),
  };
  return { figure: word("figure"), options: { by: word("by"), mode: word("mode"), color: word("color") }, filter };
};

/** Asks who passes the area, and shows it. */
const count = async () => {
  const turn = ++counted;
  const [tables, words] = [element("passes"), element("passes-words")];
  element("clear").hidden = !corners.length;
  if (corners.length < 3) {
    tables.replaceChildren();
    words.textContent = corners.length ? "An area has three corners or more." : "";
    return;
  }
  try {
    const answer = await fetch(`/api/passes?${query(current)}&area=${corners.flat().join(",")}`);
    const found = await answer.json();
    if (turn !== counted) return;
    if (answer.ok) return tell(tables, words, found);
    tables.replaceChildren();
    words.textContent = found.error;
  } catch {
    if (turn === counted) words.textContent = "The program does not answer.";
  }
};

let asked = 0;
let shownAddress = "";

/** Asks for the picture of a request and shows it; an answer that is overtaken by a newer question is dropped. */
const draw = async (request) => {
  const turn = ++asked;
  current = request;
  const words = query(request);
  element("link").href = address(request);
  element("png").href = `/api/picture.png?download=1&${words}`;
  element("json").href = `/api/request.json?${words}`;
  element("replay").href = `/api/replay.${season.replay}?${query(replayOf(request))}`;
  sheet.classList.add("waiting");
  sheet.setAttribute("aria-busy", "true");
  status.classList.remove("wrong");
  status.textContent = "Drawing…";
  // The picture that stands there is not the one that was asked for.
  const wrong = (sentence) => {
    status.classList.add("wrong");
    sheet.classList.add("stale");
    caption.textContent = "";
    status.textContent = [sentence, ...odd].join(" ");
  };
  try {
    const answer = await fetch(`/api/picture.png?${words}`);
    const body = answer.ok ? await answer.blob() : await answer.json();
    if (turn !== asked) return;
    if (!answer.ok) return wrong(body.error);
    const about = await (await fetch(`/api/picture.json?${words}`)).json();
    if (turn !== asked) return;
    URL.revokeObjectURL(shownAddress);
    shownAddress = URL.createObjectURL(body);
    picture.src = shownAddress;
    picture.alt = about.alt;
    [picture.width, picture.height] = about.size_px;
    caption.textContent = about.alt;
    status.textContent = odd.join(" ");
    status.classList.toggle("wrong", odd.length > 0);
    sheet.classList.remove("stale");
    // Panels show the same place several times.
    const isOneMap = !about.floors && request.figure !== "exits" && request.options?.mode !== "panels";
    area.on(isOneMap ? about.calibration : undefined, about.size_px);
    element("how").hidden = !isOneMap;
    element("how-not").hidden = isOneMap;
    count();
  } catch {
    if (turn === asked) wrong("The program does not answer; try again when it runs.");
  } finally {
    if (turn === asked) {
      sheet.classList.remove("waiting");
      sheet.removeAttribute("aria-busy");
    }
  }
};

let waiting;
const changed = (event) => {
  if (event?.target.name) untangle(event.target);
  arrange();
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    const request = requestOf(kept);
    const next = address(request);
    if (next === location.pathname + location.search) return;
    history.pushState(null, "", next);
    odd = [];
    draw(request);
  }, WAIT_MS);
};

/** The request of the address, and the corners of its area. An address without a request is the usual view. */
const fromAddress = () => {
  const words = new URLSearchParams(location.search);
  const numbers = (words.get("area") ?? "").split(",").map(Number);
  const isArea = numbers.length % 2 === 0 && numbers.every(Number.isFinite);
  corners = isArea ? numbers.flatMap((x, i) => (i % 2 === 0 ? [[x, numbers[i + 1]]] : [])) : [];
  area.set(corners);
  odd = words.get("area") && !isArea ? ["area is a list of corners: x,y,x,y,x,y."] : [];
  const text = words.get("request");
  if (!text) return ofWords(understood(words));
  for (const name of words.keys()) {
    if (!["request", "area"].includes(name)) odd.push(`Beside a request “${short(name)}” has no effect.`);
  }
  try {
    const request = JSON.parse(text);
    if (typeof request === "object" && request) return request;
  } catch {
    // Said below.
  }
  odd.push("The request is not understood.");
  return {};
};

/** What there is to ask for; waits while the program still reads it. */
const seasonOf = async () => {
  const answer = await fetch("/api/season");
  if (answer.status !== 503) return answer.json();
  element("season").textContent = "The rounds are being read…";
  await new Promise((later) => setTimeout(later, AGAIN_MS));
  return seasonOf();
};

const start = async () => {
  document.body.classList.toggle("touched", navigator.maxTouchPoints > 0);
  season = await seasonOf();
  const count = (n, one, many) => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;
  element("season").textContent = [
    count(season.rounds, "round", "rounds"), count(season.maps.length, "map", "maps"),
    count(season.sessions.length, "session", "sessions"),
  ].join(" · ");
  element("reports").hidden = !season.reports;
  // The map that was played most comes first where none is named.
  season.maps.sort((a, b) => b.rounds - a.rounds || (a.name < b.name ? -1 : 1));
  for (const map of season.maps) field("map").add(new Option(`${map.title ?? map.name} (${map.rounds})`, map.name, false, false));
  for (const { date, rounds } of season.sessions) field("session").add(new Option(`${date} (${rounds})`, date));
  for (const { name } of season.players) {
    const option = document.createElement("option");
    option.value = name;
    element("players").append(option);
  }
  fromLink();
};

/** Shows the view that the address means. */
const fromLink = () => {
  const request = fromAddress();
  show(request);
  if (!request.version) tellIdle(new URLSearchParams(location.search));
  draw(request.version ? request : requestOf(kept));
};

controls.addEventListener("input", changed);
controls.addEventListener("submit", (event) => event.preventDefault());
element("clear").addEventListener("click", () => {
  corners = [];
  area.set(corners);
  history.replaceState(null, "", address(current));
  element("link").href = address(current);
  count();
  element("lasso").focus();
});
element("all").addEventListener("click", () => {
  show({});
  changed();
});
addEventListener("popstate", fromLink);

start().catch(() => {
  status.classList.add("wrong");
  status.textContent = "The season cannot be loaded.";
});
