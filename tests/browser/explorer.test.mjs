// The explorer, as people use it: each control, the link, the keyboard, a phone.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { DESKTOP, PHONE, accessible, browser, fits, folder, proximity, serve, session } from "./harness.mjs";

let site;
before(async () => {
  site = await serve(session);
});
after(async () => {
  await site?.stop();
  await browser.close();
});

/** Opens a view and waits for its picture. `check` fails when the page complained or asked anything of another site. */
const open = async (path = "/", { viewport = DESKTOP } = {}) => {
  const context = await browser.newContext({ viewport, hasTouch: viewport.width < 500, acceptDownloads: true });
  const page = await context.newPage();
  const faults = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) faults.push(message.text());
  });
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("dialog", (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on("request", (asked) => {
    if (!asked.url().startsWith(site.address) && !asked.url().startsWith("blob:")) faults.push(`asked ${asked.url()}`);
  });
  await page.goto(site.address + path);
  await drawn(page);
  const check = async (expected = []) => {
    assert.deepEqual(faults, expected);
    await context.close();
  };
  return { page, check };
};

/** Waits until the picture of the controls stands there. */
const drawn = (page) => page.waitForFunction(() => {
  const picture = document.getElementById("picture");
  const words = document.getElementById("status").textContent;
  return !document.getElementById("sheet").hasAttribute("aria-busy") && (picture.naturalWidth > 0 || words.length > 5);
});

const requestOf = (page) => page.evaluate(() =>
  JSON.parse(new URL(document.getElementById("png").href).searchParams.get("request")));

/** The SHA-256 of the picture that the page shows. */
const shown = (page) => page.evaluate(async () => {
  const bytes = await (await fetch(document.getElementById("png").href)).arrayBuffer();
  const hash = await crypto.subtle.digest("SHA-256", bytes);
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
});

/** Changes a control and waits for the picture that it means. */
const change = async (page, act) => {
  const before = page.url();
  await act();
  await page.waitForFunction((url) => location.href !== url, before);
  await drawn(page);
};

for (const viewport of [DESKTOP, PHONE]) {
  test(`it is accessible and fits ${viewport.width} pixels`, async () => {
    const { page, check } = await open("/", { viewport });
    await fits(page);
    await accessible(page);
    const layout = (await requestOf(page)).layout.legend;
    assert.equal(layout, viewport === PHONE ? "portrait" : "landscape");
    await check();
  });
}

test("the picture it shows is the one that the command draws", async () => {
  const { page, check } = await open();
  await change(page, () => page.selectOption("#by", "team"));
  await change(page, () => page.selectOption("#team", "axis"));
  const out = join(folder, "explorer.png");
  proximity("heatmap", session, "--by", "team", "--team", "axis", "--size", "900", "--out", out);
  const drawnByCommand = createHash("sha256").update(readFileSync(out)).digest("hex");
  assert.equal(await shown(page), drawnByCommand);
  await check();
});

test("each control changes the request, and its view is a link", async () => {
  const { page, check } = await open();
  const slide = (id, value) => page.locator(id).fill(String(value));
  const steps = [
    [() => page.selectOption("#session", { index: 1 }), (r) => /^\d{4}-\d\d-\d\d$/.test(r.filter.session)],
    [() => page.selectOption("#round", "2"), (r) => r.filter.round === 2],
    [() => page.selectOption("#class", "medic"), (r) => r.filter.class[0] === "medic"],
    [() => page.selectOption("#state", "sprint"), (r) => r.filter.state[0] === "sprint"],
    [() => page.selectOption("#mode", "blend"), (r) => r.options.mode === "blend"],
    [() => slide("#life-to", 10), (r) => r.filter.life_window === "0..10"],
    [() => slide("#round-from", 15), (r) => r.filter.round_window === "15.."],
    [() => page.check("#bots"), (r) => r.filter.bots === "include"],
  ];
  for (const [act, holds] of steps) {
    await change(page, act);
    assert.ok(holds(await requestOf(page)), JSON.stringify(await requestOf(page)));
  }
  const [link, before] = [await page.getAttribute("#link", "href"), await requestOf(page)];
  const again = await open(link);
  assert.deepEqual(await requestOf(again.page), before);
  assert.equal(await again.page.inputValue("#life-to"), "10");
  assert.equal(await again.page.inputValue("#class"), "medic");
  const found = await page.textContent("#status");
  await again.check(found ? ["Failed to load resource: the server responded with a status of 404 (Not Found)"] : []);
  await page.goBack();
  await page.waitForFunction(() => !document.getElementById("bots").checked);
  await change(page, () => page.click("#all"));
  assert.deepEqual((await requestOf(page)).filter, { map: ["proximity_demo"] });
  await page.context().close();
});

test("a link says what is not as at first, and one with a request that no control shows keeps it", async () => {
  const { page, check } = await open();
  assert.equal(await page.getAttribute("#link", "href"), "/?map=proximity_demo");
  await change(page, () => page.check("input[value=paths]"));
  await change(page, () => page.selectOption("#color", "time"));
  await change(page, () => page.selectOption("#team", "axis"));
  await change(page, () => page.locator("#life-to").fill("20"));
  await change(page, () => page.fill("#player", "gale & co"));
  const link = await page.getAttribute("#link", "href");
  assert.equal(link, "/?figure=paths&map=proximity_demo&player=gale+%26+co&team=axis&color=time&life_window=0..20");
  await page.context().close();
  const away = await open(link.replace("gale+%26+co", ""));
  const { version, layout, ...rest } = await requestOf(away.page);
  assert.deepEqual(rest, {
    figure: "paths", options: { color: "time" },
    filter: { map: ["proximity_demo"], team: ["axis"], life_window: "0..20" },
  });
  await away.check();
  const request = { version: 1, figure: "heatmap", options: { contour_percent: 50 }, filter: { map: ["proximity_demo"] } };
  const long = await open(`/?request=${encodeURIComponent(JSON.stringify(request))}`);
  await change(long.page, () => long.page.selectOption("#team", "allies"));
  const kept = new URL(await long.page.getAttribute("#link", "href"), site.address).searchParams.get("request");
  assert.equal(JSON.parse(kept).options.contour_percent, 50);
  assert.deepEqual(JSON.parse(kept).filter.team, ["allies"]);
  await long.check();
});

test("several values of a link stay until their own control is changed", async () => {
  const linked = (filter) => {
    const request = { version: 1, figure: "heatmap", filter: { map: ["proximity_demo"], ...filter }, layout: { legend: "landscape", size_px: 500 } };
    return open(`/?request=${encodeURIComponent(JSON.stringify(request))}`);
  };
  const filter = { player: ["Kestrel", "Hazelnut"], team: ["axis", "allies"], state: ["upright", "sprint"] };
  const several = await linked(filter);
  const { page } = several;
  const label = (name) => page.evaluate((name) => document.querySelector(`[name=${name}]`).selectedOptions[0].text, name);
  assert.deepEqual([await label("team"), await label("state")], ["axis, allies", "upright, sprint"]);
  assert.equal(await page.inputValue("#player"), "Kestrel, Hazelnut");
  await change(page, () => page.selectOption("#by", "team"));
  assert.deepEqual((await requestOf(page)).filter, { map: ["proximity_demo"], ...filter });
  await change(page, () => page.selectOption("#team", "axis"));
  assert.deepEqual((await requestOf(page)).filter, { map: ["proximity_demo"], ...filter, team: ["axis"] });
  await several.check();
  const bots = await linked({ bots: "only" });
  await change(bots.page, () => bots.page.selectOption("#by", "team"));
  assert.equal((await requestOf(bots.page)).filter.bots, "only");
  await bots.check();
});

test("a span has a length, whatever moves its sliders or stands in the address", async () => {
  const { page, check } = await open();
  const slide = (id, value) => change(page, () => page.locator(id).fill(String(value)));
  await slide("#life-to", 20);
  await slide("#life-from", 20);
  assert.equal((await requestOf(page)).filter.life_window, "20..21");
  await slide("#life-to", 5);
  assert.equal((await requestOf(page)).filter.life_window, "4..5");
  await check();
  // Both ends lie at one step of the slider.
  const coarse = await open("/?life_window=131..137");
  assert.equal((await requestOf(coarse.page)).filter.life_window, "135..150");
  // No life of the sample lasts that long, which the program answers with a status of its own.
  await coarse.page.context().close();
});

test("what of an address has no effect is told", async () => {
  for (const [address, said] of [
    ["/?colour=team", "This page knows no “colour”."],
    ["/?constructor=a", "This page knows no “constructor”."],
    ["/?figure=foo", "figure is one of heatmap, paths, exits, kills, arrival, not “foo”."],
    ["/?life_window=abc", "life_window is a span of seconds such as 20..40, not “abc”."],
    ["/?round_window=20..20&round=x", "round_window is a span of seconds such as 20..40, not “20..20”. round is a number, not “x”."],
    ["/?color=team", "color means nothing to heatmap."],
    ["/?area=1,2,3", "area is a list of corners: x,y,x,y,x,y."],
    ["/?request=%7B", "The request is not understood."],
    ["/?figure=paths&color=team&life_window=..30", ""],
  ]) {
    const { page, check } = await open(address);
    assert.equal(await page.textContent("#status"), said, address);
    const { filter } = await requestOf(page);
    if (said) {
      assert.deepEqual(filter, { map: ["proximity_demo"] }, address);
      await change(page, () => page.selectOption("#team", "axis"));
      assert.equal(await page.textContent("#status"), "", "the next view has no such fault");
    }
    await check();
  }
});

test("nothing but the picture moves when another figure is chosen", async () => {
  for (const viewport of [DESKTOP, PHONE]) {
    const { page, check } = await open("/", { viewport });
    const places = () => page.evaluate(() => {
      const of = (id) => document.getElementById(id).getBoundingClientRect();
      const first = of("session").top;
      return { map: of("sheet").left, width: of("sheet").width, below: ["life-to", "bots", "all"].map((id) => of(id).top - first) };
    });
    const before = await places();
    for (const figure of ["paths", "exits", "kills", "arrival", "heatmap"]) {
      await change(page, () => page.check(`input[value=${figure}]`));
      assert.deepEqual(await places(), before, figure);
    }
    await check();
  }
});

test("on a phone a finger moves the page until an area is to be drawn", async () => {
  const { page, check } = await open("/", { viewport: PHONE });
  const armed = () => page.getAttribute("#draw", "aria-pressed");
  const corners = () => page.getAttribute("#lasso polygon", "points");
  const box = await page.locator("#lasso").boundingBox();
  const touch = (kind, x, y) => page.evaluate(([type, clientX, clientY]) => document.getElementById("lasso").dispatchEvent(
    new PointerEvent(type, { clientX, clientY, pointerId: 1, pointerType: "touch", bubbles: true })), [kind, box.x + x, box.y + y]);
  await page.evaluate(() => {
    // A finger that is made up cannot be captured.
    document.getElementById("lasso").setPointerCapture = () => {};
  });
  const loop = async () => {
    await touch("pointerdown", 100, 100);
    for (const [x, y] of [[200, 100], [200, 200], [100, 200]]) await touch("pointermove", x, y);
    await touch("pointerup", 100, 200);
  };
  await loop();
  assert.equal(await corners(), "");
  await page.tap("#draw");
  assert.equal(await armed(), "true");
  await loop();
  assert.equal((await corners()).split(" ").length, 4);
  assert.equal(await armed(), "false");
  await page.waitForFunction(() => document.getElementById("passes-words").textContent.includes("passes in"));
  await page.check("input[value=exits]");
  await page.waitForFunction(() => !document.getElementById("how-not").hidden);
  assert.equal(await page.isVisible("#draw"), false);
  await check();
});

test("until the rounds are read the page waits for them", async () => {
  const context = await browser.newContext({ viewport: DESKTOP });
  const page = await context.newPage();
  let asked = 0;
  await page.route("**/api/season", (route) => {
    asked += 1;
    return asked > 1 ? route.continue() : route.fulfill({ status: 503, body: "{}" });
  });
  await page.goto(site.address);
  assert.equal(await page.textContent("#season"), "The rounds are being read…");
  await drawn(page);
  assert.match(await page.textContent("#season"), /4 rounds/);
  await context.close();
});

for (const figure of ["paths", "exits", "kills", "arrival"]) {
  test(`${figure} are drawn, and only the controls that mean something are shown`, async () => {
    const { page, check } = await open();
    await change(page, () => page.check(`input[value=${figure}]`));
    assert.equal(await page.textContent("#status"), "");
    assert.ok(new RegExp(`^${figure}`, "i").test(await page.getAttribute("#picture", "alt")));
    assert.equal(await page.isVisible("#by"), false);
    assert.equal(await page.isVisible("#color"), figure === "paths");
    await check();
  });
}

test("what is not there is told, and a name is never markup", async () => {
  const { page } = await open();
  await change(page, () => page.fill("#player", "<img src=x onerror=alert(1)>"));
  await page.waitForSelector("#status.wrong");
  const said = await page.textContent("#status");
  assert.ok(said.includes("<img") && said.includes("there are:"), said);
  assert.equal(await page.locator("#status img").count(), 0);
  await change(page, () => page.fill("#player", ""));
  assert.equal(await page.textContent("#status"), "");
  await page.context().close();
});

test("it can be used with the keyboard alone", async () => {
  const { page, check } = await open();
  await page.focus("input[value=heatmap]");
  await change(page, () => page.keyboard.press("ArrowRight"));
  assert.equal((await requestOf(page)).figure, "paths");
  await page.focus("#life-to");
  await change(page, () => page.keyboard.press("ArrowLeft"));
  assert.equal((await requestOf(page)).filter.life_window, "0..1785");
  assert.equal(await page.getAttribute("#life-to", "aria-valuetext"), "29:45 min");
  for (const [place, window] of [[120, "0..120"], [121, "0..135"], [119, "0..119"]]) {
    await change(page, () => page.locator("#life-to").fill(String(place)));
    assert.equal((await requestOf(page)).filter.life_window, window);
  }
  await check();
});

test("the picture and its request can be downloaded", async () => {
  const { page, check } = await open();
  for (const [id, name] of [["#png", "proximity.png"], ["#json", "request.json"]]) {
    const [download] = await Promise.all([page.waitForEvent("download"), page.click(id)]);
    assert.equal(download.suggestedFilename(), name);
    const bytes = readFileSync(await download.path());
    if (name.endsWith(".json")) assert.equal(JSON.parse(bytes).figure, "heatmap");
    else assert.equal(bytes.subarray(1, 4).toString(), "PNG");
  }
  await check();
});

test("the replay of what is shown can be kept", async () => {
  const request = { version: 1, figure: "heatmap", filter: { round_window: "20..22" } };
  const { page, check } = await open(`/?request=${encodeURIComponent(JSON.stringify(request))}`);
  const [download] = await Promise.all([page.waitForEvent("download", { timeout: 120_000 }), page.click("#replay")]);
  assert.match(download.suggestedFilename(), /^replay\.(mp4|gif)$/);
  const bytes = readFileSync(await download.path());
  assert.ok(bytes.subarray(4, 8).toString() === "ftyp" || bytes.subarray(0, 4).toString() === "GIF8");
  await check();
});

/** Draws a loop round the middle of the map. */
const loop = async (page) => {
  const box = await page.locator("#lasso").boundingBox();
  const [x, y, r] = [box.x + box.height / 2, box.y + box.height / 2, box.height / 4];
  await page.mouse.move(x + r, y);
  await page.mouse.down();
  for (let turn = 1; turn <= 12; turn += 1) {
    await page.mouse.move(x + r * Math.cos(turn / 2), y + r * Math.sin(turn / 2));
  }
  await page.mouse.up();
  await page.waitForFunction(() => document.querySelectorAll("#passes tr").length > 5);
};

test("a lasso tells who passes, and its area is part of the link", async () => {
  const { page, check } = await open("/", { viewport: { width: 1440, height: 1200 } });
  await loop(page);
  const words = await page.textContent("#passes-words");
  assert.match(words, /^[\d,]+ passes in [\d,]+ of [\d,]+ lives/);
  await accessible(page);
  const link = await page.getAttribute("#link", "href");
  const again = await open(link);
  await again.page.waitForFunction((said) => document.getElementById("passes-words").textContent === said, words);
  await again.check();
  await change(page, () => page.selectOption("#team", "axis"));
  await page.waitForFunction((said) => document.getElementById("passes-words").textContent !== said, words);
  await page.click("#clear");
  assert.equal(await page.textContent("#passes-words"), "");
  assert.equal(await page.locator("#passes tr").count(), 0);
  await check();
});

test("corners can be set with the keyboard", async () => {
  const { page, check } = await open();
  await page.focus("#lasso");
  for (const key of ["Enter", ...Array(3).fill("Shift+ArrowRight"), "Enter", ...Array(3).fill("Shift+ArrowDown"), "Enter"]) {
    await page.keyboard.press(key);
  }
  await page.waitForFunction(() => document.getElementById("passes-words").textContent.includes("passes in"));
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => document.getElementById("passes-words").textContent === "");
  await check();
});
