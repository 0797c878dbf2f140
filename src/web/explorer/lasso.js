// The lasso: corners on the picture, or by keyboard, to an area of the world, and what is known of those who pass it.

const STATES = { sprint: "sprint", upright: "run or stand", crouch: "crouch", prone: "prone", low: "low", unknown: "unknown" };
const STEP_PX = 8;
const MOST_CORNERS = 64;

/** Sets the lasso up over a sheet. `onChange` is called with the corners, units, after each that is set or taken back. */
export const lasso = (overlay, onChange) => {
  let place; // where the world lies on the picture
  let corners = [];
  let cursor;
  let drawing = false;

  const toWorld = ([x, y]) => {
    const [left, top, width, height] = place.rect_px;
    const [west, south, east, north] = place.window_units;
    return [west + ((x - left) / width) * (east - west), north - ((y - top) / height) * (north - south)];
  };
  const toPicture = ([x, y]) => {
    const [left, top, width, height] = place.rect_px;
    const [west, south, east, north] = place.window_units;
    return [left + ((x - west) / (east - west)) * width, top + ((north - y) / (north - south)) * height];
  };
  const within = ([x, y]) => {
    const [left, top, width, height] = place.rect_px;
    return [Math.min(Math.max(x, left), left + width), Math.min(Math.max(y, top), top + height)];
  };
  const paint = () => {
    const points = corners.map((corner) => toPicture(corner).map((v) => v.toFixed(1)).join(",")).join(" ");
    overlay.querySelector("polygon").setAttribute("points", points);
    const mark = overlay.querySelector("circle");
    mark.setAttribute("visibility", cursor ? "visible" : "hidden");
    if (cursor) {
      mark.setAttribute("cx", cursor[0]);
      mark.setAttribute("cy", cursor[1]);
    }
  };
  const add = (point) => {
    if (corners.length < MOST_CORNERS) corners.push(toWorld(within(point)).map(Math.round));
    paint();
  };
  const end = () => {
    drawing = false;
    onChange(corners);
  };
  const pointOf = (event) => {
    const box = overlay.getBoundingClientRect();
    const { width, height } = overlay.viewBox.baseVal;
    return [((event.clientX - box.left) / box.width) * width, ((event.clientY - box.top) / box.height) * height];
  };

  overlay.addEventListener("pointerdown", (event) => {
    if (!place || event.button !== 0) return;
    overlay.setPointerCapture(event.pointerId);
    [corners, drawing, cursor] = [[], true, undefined];
    add(pointOf(event));
  });
  overlay.addEventListener("pointermove", (event) => {
    if (!drawing) return;
    const [x, y] = pointOf(event);
    const [lastX, lastY] = toPicture(corners.at(-1));
    // Corners lie so far apart that a loop has fewer than are allowed.
    if (Math.hypot(x - lastX, y - lastY) >= overlay.viewBox.baseVal.width / 50) add([x, y]);
  });
  for (const ending of ["pointerup", "pointercancel"]) overlay.addEventListener(ending, () => drawing && end());
  overlay.addEventListener("keydown", (event) => {
    if (!place) return;
    const [left, top, width, height] = place.rect_px;
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    cursor ??= [left + width / 2, top + height / 2];
    if (event.key in moves) {
      const step = event.shiftKey ? STEP_PX * 5 : STEP_PX;
      cursor = within(cursor.map((v, axis) => v + moves[event.key][axis] * step));
      paint();
    } else if (event.key === "Enter" || event.key === " ") {
      add(cursor);
      end();
    } else if (event.key === "Backspace") {
      corners.pop();
      end();
    } else if (event.key === "Escape") {
      corners = [];
      end();
    } else {
      return;
    }
    event.preventDefault();
  });

  return {
    /** The picture changed: where the world lies on it, and its size; nothing where no area can be drawn. */
    on(calibration, [width, height]) {
      place = calibration;
      overlay.setAttribute("viewBox", `0 0 ${width} ${height}`);
      overlay.toggleAttribute("hidden", !place);
      cursor = undefined;
      if (place) paint();
    },
    /** Shows these corners. */
    set(list) {
      corners = list;
      if (place) paint();
    },
  };
};

const share = (part, whole) => (whole ? `${Math.round((100 * part) / whole)} %` : "–");

/** Rows of names and values as a table's body. */
const fill = (table, title, rows) => {
  const body = document.createElement("tbody");
  const head = body.insertRow().insertCell();
  head.outerHTML = "<th scope=\"rowgroup\" colspan=\"2\"></th>";
  body.rows[0].cells[0].textContent = title;
  for (const [name, value] of rows) {
    const row = body.insertRow();
    row.insertCell().textContent = name;
    row.insertCell().textContent = value;
  }
  if (rows.length) table.append(body);
};

/** Shows what was counted. */
export const tell = (table, words, found) => {
  table.replaceChildren();
  const counted = (count, one, many) => `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
  const passes = counted(found.passes, "pass", "passes");
  words.textContent = `${passes} in ${found.lives.toLocaleString("en")} of ${counted(found.all_lives, "life", "lives")} (${share(found.lives, found.all_lives)})`;
  if (!found.passes) return;
  const of = (count) => `${count.toLocaleString("en")} (${share(count, found.passes)})`;
  const inside = found.states.reduce((sum, { ms }) => sum + ms, 0);
  fill(table, "In the ten seconds after", [["killed an enemy", of(found.killed)], ["died", of(found.died)]]);
  fill(table, "Side", found.teams.map(({ team, passes }) => [team, of(passes)]));
  fill(table, "State, of the time inside", found.states.filter(({ ms }) => ms > 0)
    .map(({ state, ms }) => [STATES[state] ?? state, `${(ms / 1000).toFixed(1)} s (${share(ms, inside)})`]));
  fill(table, "Where from, ten seconds before", found.from.map(({ from, passes }) => [from, of(passes)]));
  fill(table, "When, minute of the round", found.minutes.map(({ minute, passes }) => [`${minute + 1}.`, of(passes)]));
  fill(table, "Who", found.players.map(({ name, passes }) => [name, of(passes)]));
};
