// The replay player, as people use it.

import assert from "node:assert/strict";
import { readFileSync, readdirSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { compare, looksLike } from "./look.mjs";
import { DESKTOP, PHONE, above, accessible, address, browser, fits, folder, open, proximity, session } from "./harness.mjs";

const file = join(folder, "round.html");
const first = () => join(session, readdirSync(session).filter((name) => name.endsWith("_engagements.txt")).sort()[0]);

before(() => {
  proximity("replay", session, "--session", "2026-03-14", "--round", "1", "--round-window", "0..120", "--align", "spawn",
    "--bots", "include", "--out", join(folder, "together.html"));
  proximity("replay", first(), "--bots", "include", "--out", file);
});
after(() => browser.close());

const seconds = (text) => text.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
const clock = async (page) => seconds(await page.locator("#clock").textContent());
const pixels = (page) => page.evaluate(() => canvas.toDataURL());
// How many pixels differ for the eye; the same drawing may come out with other shades at its edges.
const differing = (page, one, other, visible = 64) => page.evaluate(async ([visible, ...urls]) => {
  const [a, b] = await Promise.all(urls.map(async (url) => {
    const image = new Image();
    image.src = url;
    await image.decode();
    const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
    context.drawImage(image, 0, 0);
    return context.getImageData(0, 0, image.width, image.height).data;
  }));
  return a.reduce((count, value, i) => count + (Math.abs(value - b[i]) > visible ? 1 : 0), 0);
}, [visible, one, other]);
const same = async (page, before, about) => assert.ok((await differing(page, before, await pixels(page))) < 10, about);
const changed = async (page, before, about) => assert.ok((await differing(page, before, await pixels(page))) > 30, about);

test("it plays by itself, pauses, and runs on as fast as it is told", async () => {
  const { page, check } = await open(address(file));
  await page.waitForFunction(() => document.getElementById("play").dataset.playing === "true");
  const start = await clock(page);
  await page.waitForTimeout(800);
  assert.ok((await clock(page)) > start + 0.5, "the clock runs");
  await page.getByRole("button", { name: "Pause" }).click();
  const rest = await clock(page);
  const still = await pixels(page);
  await page.waitForTimeout(400);
  assert.equal(await clock(page), rest);
  await same(page, still, "nothing moves while it rests");
  await page.getByLabel("Speed").selectOption("16");
  await page.getByRole("button", { name: "Play" }).click();
  await page.waitForTimeout(800);
  await page.getByRole("button", { name: "Pause" }).click();
  assert.ok((await clock(page)) > rest + 4, "sixteen times as fast");
  await changed(page, still, "the picture changed");
  await check();
});

test("the time line seeks by hand, by key and by event", async () => {
  const { page, check } = await open(address(file, "#t=0"));
  const zero = await clock(page);
  const line = await page.locator("#scrubber").boundingBox();
  await page.mouse.click(line.x + line.width / 2, line.y + line.height / 2);
  const length = seconds(await page.locator("#length").textContent()) - zero;
  assert.ok(Math.abs((await clock(page)) - zero - length / 2) < length / 50, "the middle of the line is half of the time");
  const middle = await clock(page);
  await page.keyboard.press("ArrowLeft");
  assert.ok(Math.abs((await clock(page)) - (middle - 5)) < 0.11);
  await page.keyboard.press("Home");
  assert.equal(await clock(page), zero);
  await page.keyboard.press("]");
  const death = page.locator("#event-list button").first();
  assert.equal(await clock(page), seconds(await death.locator("time").textContent()));
  assert.equal(await death.getAttribute("aria-current"), "true");
  await page.locator("#event-list button").last().click();
  const last = seconds(await page.locator("#event-list time").last().textContent());
  assert.ok(Math.abs((await clock(page)) - (last - 1.5)) < 0.11);
  assert.equal(await page.locator("#events .event").count(), await page.locator("#event-list li").count());
  await page.keyboard.press(" ");
  await check();
});

test("a link leads to a moment and a player, and the address follows", async () => {
  const { page, check } = await open(address(file, "#t=31500&p=2"));
  const zero = await page.evaluate(() => data.zero);
  assert.equal(await page.evaluate(() => view.time), 31500);
  assert.ok(Math.abs((await clock(page)) - (zero + 31500) / 1000) < 0.11);
  const name = await page.evaluate(() => data.players[2].name);
  assert.equal(await page.locator("#card-name").textContent(), name);
  assert.equal(await page.getByRole("button", { name: `Follow ${name}`, exact: true }).getAttribute("aria-pressed"), "true");
  await page.evaluate(() => { location.hash = "#t=45000&p=0"; });
  await page.waitForFunction(() => view.time === 45000 && view.follow === 0);
  await page.keyboard.press("0");
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction(() => location.hash === "#t=50000");
  for (const odd of ["#t=-5&p=99", "#t=1e99", "#p=<b>", "#t=99999999999999", "#%", "#t=999999999"]) {
    await page.evaluate((hash) => { location.hash = hash; }, odd);
    await page.waitForTimeout(30);
    assert.ok(await page.evaluate(() => view.time >= 0 && view.time <= data.duration), odd);
  }
  await check();
});

test("players and sides can be hidden", async () => {
  const { page, check } = await open(address(file, "#t=40000"));
  const all = await pixels(page);
  const box = page.locator("#players-axis input").first();
  await box.uncheck();
  assert.ok(await page.locator("#team-axis").evaluate((team) => team.indeterminate));
  const without = await pixels(page);
  await changed(page, all);
  await page.locator("#team-axis").uncheck();
  assert.deepEqual(await page.evaluate(() => data.players.filter((p, i) => view.shown[i]).map((p) => p.team).filter((t) => t === "axis")), []);
  await changed(page, without);
  await page.locator("#team-axis").check();
  await same(page, all, "all players are back");
  await check();
});

test("it zooms about the mouse, pans, follows a tapped player, and comes back", async () => {
  const { page, check } = await open(address(file, "#t=40000"));
  const whole = await pixels(page);
  const field = await page.locator("#field").boundingBox();
  const at = { x: Math.round(field.x + field.width * 0.4), y: Math.round(field.y + field.height * 0.6) };
  const under = () => page.evaluate(([x, y]) => {
    const box = canvas.getBoundingClientRect();
    const map = transform();
    return [(x - box.left - map.left) / map.scale, (y - box.top - map.top) / map.scale];
  }, [at.x, at.y]);
  const spot = await under();
  await page.mouse.move(at.x, at.y);
  await page.mouse.wheel(0, -300);
  await page.waitForFunction(() => view.zoom > 1);
  (await under()).forEach((value, i) => assert.ok(Math.abs(value - spot[i]) < 0.5, "the place under the mouse stays"));
  await page.mouse.down();
  await page.mouse.move(at.x + 60, at.y + 25, { steps: 4 });
  await page.mouse.up();
  assert.ok(await page.evaluate(() => view.centerX < 0.5 || view.centerY < 0.5));
  await page.getByRole("button", { name: "Whole map" }).click();
  await same(page, whole);
  const target = await page.evaluate(() => {
    const life = lives.find((one) => isAlive(one, view.time));
    const [map, stand, box] = [transform(), place(life, view.time), canvas.getBoundingClientRect()];
    return { x: box.left + map.x(stand.x), y: box.top + map.y(stand.y) };
  });
  await page.mouse.click(target.x, target.y);
  assert.ok(await page.evaluate(() => view.follow >= 0 && view.zoom > 1));
  assert.ok(await page.locator("#card").isVisible());
  await check();
});

test("trail and faint path can be chosen", async () => {
  const { page, check } = await open(address(file, "#t=40000"));
  const seen = [await pixels(page)];
  for (const [label, value] of [["Trail", "2000"], ["Trail", "so-far"], ["Trail", "full"]]) {
    await page.getByLabel(label).selectOption(value);
    for (const earlier of seen) await changed(page, earlier, `${label} ${value} shows`);
    seen.push(await pixels(page));
  }
  await page.getByLabel("Trail").selectOption("2000");
  await page.getByLabel("Faint path").selectOption("none");
  // Faint, but long.
  assert.ok((await differing(page, seen[1], await pixels(page), 10)) > 1000, "the faint paths are gone");
  await check();
});

test("with two fingers it pinches", async () => {
  const { page, check } = await open(address(file, "#t=40000"), { viewport: PHONE });
  await page.evaluate(() => {
    const send = (type, id, x, y) => canvas.dispatchEvent(new PointerEvent(type, { pointerId: id, clientX: x, clientY: y, pointerType: "touch", bubbles: true }));
    canvas.setPointerCapture = () => {};
    send("pointerdown", 1, 150, 300);
    send("pointerdown", 2, 200, 300);
    send("pointermove", 2, 300, 300);
    send("pointerup", 1, 150, 300);
    send("pointerup", 2, 300, 300);
  });
  assert.ok(Math.abs((await page.evaluate(() => view.zoom)) - 3) < 0.01, "three times the distance, three times the size");
  assert.equal(await page.evaluate(() => view.follow), -1);
  await check();
});

test("reduced motion is honoured", async () => {
  const { page, check } = await open(address(file), { motion: "reduce" });
  await page.waitForTimeout(400);
  assert.equal(await page.evaluate(() => view.playing), false);
  assert.equal(await page.evaluate(() => view.time), 0);
  await check();
});

test("a screen reader is told what happened where the clock rests", async () => {
  const { page, check } = await open(address(file, "#t=40000&p=1"));
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction(() => document.getElementById("status").textContent.includes("alive"));
  const said = await page.locator("#status").textContent();
  assert.match(said, /^\d+:\d\d\.\d\. Allies \d+ of \d+ alive, Axis \d+ of \d+ alive\./);
  assert.ok(said.includes(await page.evaluate(() => data.players[1].name)));
  assert.match(await page.locator("#scrubber").getAttribute("aria-valuetext"), /^\d+:\d\d\.\d of /);
  await check();
});

for (const [viewport, scheme] of [[DESKTOP, "dark"], [PHONE, "dark"], [DESKTOP, "light"]]) {
  test(`it is accessible and looks right at ${viewport.width} pixels, ${scheme}`, async () => {
    const { page, check } = await open(address(file, "#t=60000&p=0"), { viewport, scheme });
    await page.waitForTimeout(400);
    await fits(page);
    await above(page, "header.top", "#field");
    await above(page, "#field", "#scrubber");
    await above(page, "#scrubber", "#play");
    const play = await page.locator("#play").boundingBox();
    assert.ok(play.y + play.height <= viewport.height, "play is in sight");
    assert.ok(play.width >= 40 && play.height >= 40, "play is large enough for a thumb");
    await accessible(page);
    await looksLike(page, `player-${viewport.width}-${scheme}`);
    await check();
  });
}

test("all lives can start together", async () => {
  const { page, check } = await open(address(join(folder, "together.html"), "#t=3000"));
  assert.ok(await page.evaluate(() => data.together && lives.every((life) => life.t < 1000)));
  assert.ok((await page.evaluate(() => lives.filter((life) => isAlive(life, view.time)).length)) > 20);
  await accessible(page);
  await check();
});

test("names stay text, whatever they are", async () => {
  const hostile = "</script><img src=x onerror=alert(1)>\"'&amp";
  const odd = join(folder, "odd");
  mkdirSync(odd);
  const text = readFileSync(first(), "utf8");
  const name = text.split("\n").map((line) => line.split(";")).find((row) => /^[0-9A-F]{32}$/.test(row[0]))[1];
  const changed = join(odd, "2026-03-14-200900-proximity_demo-round-1_engagements.txt");
  writeFileSync(changed, text.split(`;${name};`).join(`;${hostile};`));
  const out = join(odd, "odd.html");
  proximity("replay", changed, "--bots", "include", "--out", out);
  const { page, check } = await open(address(out, "#t=60000"));
  assert.ok(await page.evaluate((name) => data.players.some((player) => player.name === name), hostile));
  assert.ok(await page.evaluate((name) => rows.some((row) => row.row.querySelector(".name").textContent === name), hostile));
  assert.equal(await page.locator("img").count(), 1, "the map is the only picture");
  assert.equal(await page.locator("script").count(), 2);
  await accessible(page);
  await check();
});

test("the policy allows nothing but the page itself", async () => {
  const { page } = await open(address(file, "#t=0"));
  const policy = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute("content");
  assert.match(policy, /^default-src 'none'; img-src data:; style-src 'sha256-[^;]*; script-src 'sha256-[^;]*;/);
  assert.ok(!/unsafe|https?:|\*/.test(policy), policy);
  const ran = await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "window.intruder = true";
    document.body.append(script);
    return Boolean(window.intruder);
  });
  assert.equal(ran, false, "a foreign script does not run");
  await page.context().close();
  assert.ok(statSync(file).size < 400_000);
});

test("the comparison of pictures sees what people would see", async () => {
  const { page, check } = await open(address(file, "#t=60000"));
  const one = await page.screenshot();
  assert.ok((await compare(one, one)).same);
  await page.evaluate(() => { document.querySelector(".side").style.visibility = "hidden"; });
  assert.ok(!(await compare(one, await page.screenshot())).same);
  await check();
});
