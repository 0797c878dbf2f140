
// ---- panel: players, events, readings -------------------------------------------------------------------------------

const element = (tag, className, text) => {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
};

const setText = (target, text) => {
  if (target.textContent !== text) target.textContent = text;
};

// One row for each player: shown or not, the present state, and the button that lets the camera follow.
const rows = data.players.map((player, index) => {
  const row = element("li", `member ${player.team}`);
  const label = element("label");
  const box = element("input");
  box.type = "checkbox";
  box.checked = true;
  box.addEventListener("change", () => {
    view.shown[index] = box.checked;
    readTeams();
    show();
  });
  const name = element("span", "name", player.name);
  label.append(box, name);
  const doing = element("span", "doing");
  const state = element("i");
  const weapon = element("span");
  const health = element("b");
  doing.append(state, weapon, health);
  const follow = element("button", "follow");
  follow.append(element("i"));
  follow.type = "button";
  follow.title = `Follow ${player.name}`;
  follow.setAttribute("aria-label", follow.title);
  follow.setAttribute("aria-pressed", "false");
  follow.addEventListener("click", () => {
    setFollow(view.follow === index ? -1 : index);
    settle();
  });
  row.append(label, doing, follow);
  return { row, box, doing, state, weapon, health, follow, team: player.team };
});

const eventButtons = data.events.map((event) => {
  const item = element("li");
  const button = element("button");
  button.type = "button";
  button.append(element("time", "", roundTime(event.t)), element("span", "", event.text));
  button.addEventListener("click", () => {
    seek(event.t - 1500);
    settle();
  });
  item.append(button);
  return { item, button };
});

const members = (team) => rows.filter((row) => row.team === team);

const readTeams = () => {
  for (const team of ["allies", "axis", "other"]) {
    const box = byId(`team-${team}`);
    const boxes = members(team).map((row) => row.box.checked);
    box.checked = boxes.some((checked) => checked);
    box.indeterminate = box.checked && !boxes.every((checked) => checked);
  }
};

const livingOf = (team) =>
  lives.filter((life) => data.players[life.p].team === team && isAlive(life, view.time)).length;
const allOf = (team) =>
  data.together ? lives.filter((life) => data.players[life.p].team === team).length : members(team).length;

// The newest event at or before now.
const newestEvent = () => {
  let newest = -1;
  while (newest + 1 < data.events.length && data.events[newest + 1].t <= view.time) newest++;
  return newest;
};

let lastRead = 0;
let current = -1;
const read = () => {
  const now = performance.now();
  byId("scrubber").value = String(Math.round(view.time));
  setText(byId("clock"), roundTime(view.time));
  // Ten updates a second are enough to read; while paused, every one counts.
  if (view.playing && now - lastRead < 100) return;
  lastRead = now;
  byId("scrubber").setAttribute("aria-valuetext", `${roundTime(view.time)} of ${roundTime(data.duration)}`);
  for (const team of ["allies", "axis"]) setText(byId(`count-${team}`), `${livingOf(team)} of ${allOf(team)}`);
  rows.forEach((row, player) => {
    const life = lifeAt(player, view.time);
    const alive = life && isAlive(life, view.time);
    const here = alive ? place(life, view.time) : null;
    row.row.classList.toggle("dead", !here);
    if (!here) return;
    const { state, weapon } = life.samples;
    row.state.style.background = data.states[state[here.i]].color;
    row.doing.title = doing(life, here.i);
    setText(row.weapon, data.weapons[weapon[here.i]]);
    setText(row.health, healthWord(healthAt(life.samples, here.i)));
  });
  readCard();
  const newest = newestEvent();
  if (newest === current) return;
  eventButtons[current]?.button.removeAttribute("aria-current");
  eventButtons[newest]?.button.setAttribute("aria-current", "true");
  current = newest;
  if (newest >= 0) {
    const list = byId("event-list");
    const { item } = eventButtons[newest];
    list.scrollTop = item.offsetTop - list.offsetTop - list.clientHeight / 2;
  }
};

// The followed player: name, class, weapon, state and health.
const cardLines = () => {
  if (view.follow < 0) return null;
  const life = lifeAt(view.follow, view.time);
  const here = life && isAlive(life, view.time) ? place(life, view.time) : null;
  const name = data.players[view.follow].name;
  if (!here) return { name, about: "not on the field", health: 0 };
  return { name, about: `${life.class} · ${doing(life, here.i)}`, health: healthAt(life.samples, here.i) };
};

const readCard = () => {
  const lines = cardLines();
  byId("card").hidden = !lines;
  if (!lines) return;
  setText(byId("card-name"), lines.name);
  setText(byId("card-about"), lines.about);
  byId("card-health").style.width = `${Math.min(100, lines.health ?? 0)}%`;
  setText(byId("card-number"), healthWord(lines.health));
};

// What a screen reader is told while the replay is paused.
const announce = () => {
  const sides = ["Allies", "Axis"].map((side) => {
    const team = side.toLowerCase();
    return `${side} ${livingOf(team)} of ${allOf(team)} alive`;
  });
  const lines = cardLines();
  const about = lines ? ` ${lines.name}: ${lines.about}, health ${lines.health ?? "not recorded"}.` : "";
  const event = data.events[newestEvent()];
  const last = event ? ` Last: ${event.text} at ${roundTime(event.t)}.` : "";
  setText(byId("status"), `${roundTime(view.time)}. ${sides.join(", ")}.${about}${last}`);
};

const setFollow = (player) => {
  view.follow = player;
  byId("follow").value = String(player);
  if (player >= 0) view.zoom = Math.max(view.zoom, FOLLOW_ZOOM);
  rows.forEach((row, index) => row.follow.setAttribute("aria-pressed", String(index === player)));
  show();
};

const option = (select, value, label) => {
  const made = element("option", "", label);
  made.value = value;
  select.append(made);
};

const markTimes = () => {
  const marks = byId("events");
  const share = (t) => `${(100 * t) / Math.max(1, data.duration)}%`;
  for (const wave of data.waves) {
    const mark = element("span", `wave ${wave.team}`);
    mark.style.left = share(wave.t);
    marks.append(mark);
  }
  for (const event of data.events) {
    const mark = element("span", `event ${data.players[event.v]?.team ?? ""}`);
    mark.style.left = share(event.t);
    marks.append(mark);
  }
};

const buildPanel = () => {
  rows.forEach(({ row, team }) => byId(`players-${team}`).append(row));
  for (const team of ["allies", "axis", "other"]) {
    byId(`side-${team}`).hidden = members(team).length === 0;
    byId(`team-${team}`).addEventListener("change", (change) => {
      data.players.forEach((player, index) => {
        if (player.team !== team) return;
        view.shown[index] = change.target.checked;
        rows[index].box.checked = change.target.checked;
      });
      readTeams();
      show();
    });
  }
  option(byId("follow"), "-1", "no one");
  data.players.forEach((player, index) => option(byId("follow"), String(index), player.name));
  eventButtons.forEach(({ item }) => byId("event-list").append(item));
  byId("no-events").hidden = data.events.length > 0;
  byId("event-list").hidden = data.events.length === 0;
  markTimes();
  const scrubber = byId("scrubber");
  scrubber.max = String(Math.max(1, data.duration));
  setText(byId("length"), roundTime(data.duration));
  byId("floor-field").hidden = data.floors < 2;
  option(byId("floor"), "-1", "all");
  for (let i = 0; i < data.floors; i++) option(byId("floor"), String(i), String(i + 1));
};
