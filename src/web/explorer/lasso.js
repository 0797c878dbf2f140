// The lasso: corners on the picture, or by keyboard, to an area of the world, and what is known of those who pass it.

const STATES = { sprint: "sprint", upright: "run or stand", crouch: "crouch", prone: "prone", low: "low", unknown: "unknown" };
const TEAMS = { axis: "Axis", allies: "Allies", other: "another" };
const STEP_PX = 8;
const MOST_CORNERS = 64;

/**
 * Sets the lasso up over a sheet. `button` arms it where a finger on the picture would move the page. `onChange` is called
 * with the corners, units, after each that is set or taken back.
 */
export const lasso = (overlay, button, onChange) => {
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
  const arm = (isArmed) => {
    overlay.classList.toggle("armed", isArmed);
    button.setAttribute("aria-pressed", String(isArmed));
  };
  const pointOf = (event) => {
    const box = overlay.getBoundingClientRect();
    const { width, height } = overlay.viewBox.baseVal;
    return [((event.clientX - box.left) / box.width) * width, ((event.clientY - box.top) / box.height) * height];
  };

  overlay.addEventListener("pointerdown", (event) => {
    // A finger on the picture moves the page, until an area is to be drawn.
    if (!place || event.button !== 0 || (event.pointerType === "touch" && !overlay.classList.contains("armed"))) return;
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
  for (const ending of ["pointerup", "pointercancel"]) overlay.addEventListener(ending, () => {
    if (!drawing) return;
    arm(false);
    end();
  });
  button.addEventListener("click", () => {
    arm(button.getAttribute("aria-pressed") !== "true");
    overlay.scrollIntoView({ block: "nearest" });
  });
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
      for (const part of [overlay, button]) part.toggleAttribute("hidden", !place);
      arm(false);
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

/** Rows of names and values as a table. */
const fill = (tables, title, rows) => {
  if (!rows.length) return;
  const table = document.createElement("table");
  table.createCaption().textContent = title;
  const body = table.createTBody();
  for (const [name, value] of rows) {
    const row = body.insertRow();
    const head = document.createElement("th");
    head.scope = "row";
    head.textContent = name;
    row.append(head);
    row.insertCell().textContent = value;
  }
  tables.append(table);
};

/** Shows what was counted. */
export const tell = (tables, words, found) => {
  tables.replaceChildren();
  const counted = (count, one, many) => `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
  const passes = counted(found.passes, "pass", "passes");
  words.textContent = `${passes} in ${found.lives.toLocaleString("en")} of ${counted(found.all_lives, "life", "lives")} (${share(found.lives, found.all_lives)})`;
  if (!found.passes) return;
  const of = (count) => `${count.toLocaleString("en")} (${share(count, found.passes)})`;
  const inside = found.states.reduce((sum, { ms }) => sum + ms, 0);
  fill(tables, "In the ten seconds after", [["killed an enemy", of(found.killed)], ["died", of(found.died)]]);
  fill(tables, "Side", found.teams.map(({ team, passes }) => [TEAMS[team] ?? team, of(passes)]));
  fill(tables, "State, of the time inside", found.states.filter(({ ms }) => ms > 0)
    .map(({ state, ms }) => [STATES[state] ?? state, `${(ms / 1000).toFixed(1)} s (${share(ms, inside)})`]));
  fill(tables, "Where from, ten seconds before", found.from.map(({ from, passes }) => [from, of(passes)]));
  fill(tables, "When in the round", found.minutes.map(({ minute, passes }) => [`minute ${minute + 1}`, of(passes)]));
  fill(tables, "Who", found.players.map(({ name, passes }) => [name, of(passes)]));
};
