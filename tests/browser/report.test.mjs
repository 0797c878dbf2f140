// The session report, as people read it.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { looksLike } from "./look.mjs";
import { DESKTOP, PHONE, accessible, address, browser, fits, folder, open, proximity, session } from "./harness.mjs";

const out = join(folder, "report");
const index = join(out, "index.html");
const within = address(out);

before(() => proximity("report", session, "--out", out));
after(() => browser.close());

for (const [viewport, scheme] of [[DESKTOP, "dark"], [PHONE, "dark"], [DESKTOP, "light"]]) {
  test(`it is accessible and looks right at ${viewport.width} pixels, ${scheme}`, async () => {
    const { page, check } = await open(address(index), { viewport, scheme, within });
    await page.waitForLoadState("networkidle");
    await fits(page);
    await accessible(page);
    const broken = await page.evaluate(() =>
      [...document.images].filter((image) => image.loading !== "lazy" && !image.naturalWidth).map((image) => image.src));
    assert.deepEqual(broken, []);
    await looksLike(page, `report-${viewport.width}-${scheme}`);
    await check();
  });
}

test("a picture opens at full size and closes again", async () => {
  const { page, check } = await open(address(index), { within });
  const picture = page.locator("a.zoom:visible").first();
  await picture.click();
  assert.ok(await page.locator("#full").isVisible());
  await page.waitForFunction(() => document.querySelector("#full img").naturalWidth > 0);
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Escape");
  assert.ok(!(await page.locator("#full").isVisible()));
  await check();
});

test("links within the page lead somewhere, and links to a replay to its moment", async () => {
  const { page, check } = await open(address(index), { within });
  const lost = await page.evaluate(() => [...document.querySelectorAll('a[href^="#"]')]
    .map((link) => link.getAttribute("href").slice(1))
    .filter((id) => id && !id.startsWith("player=") && !document.getElementById(id)));
  assert.deepEqual(lost, []);
  const moments = page.locator('a[href*=".html#t="]');
  assert.ok((await moments.count()) > 0, "lives link to their moments");
  const href = await moments.first().getAttribute("href");
  const wanted = new URLSearchParams(href.split("#")[1]);
  await page.goto(address(join(out, href.split("#")[0]), `#${href.split("#")[1]}`));
  await page.waitForFunction((t) => view.time === t, Number(wanted.get("t")));
  assert.equal(await page.evaluate(() => view.follow), Number(wanted.get("p") ?? -1));
  assert.equal(await page.evaluate(() => view.playing), false);
  await check();
});

const board = ".board:first-child table.score";
const column = (page, nth) => page.$$eval(`${board} tbody tr`, (rows, nth) => rows.map((row) => Number(row.cells[nth].dataset.value)), nth);

test("the scoreboard sorts by any column, both ways, by mouse and by keyboard", async () => {
  const { page, check } = await open(address(index), { within });
  const kills = await column(page, 1);
  assert.deepEqual(kills, [...kills].sort((a, b) => b - a));
  for (const [nth, opens] of [[2, 1], [7, -1]]) {
    const head = page.locator(`${board} thead button`).nth(nth);
    await head.click();
    const sorted = await column(page, nth);
    assert.deepEqual(sorted, [...sorted].sort((a, b) => opens * (a - b)));
    await head.press("Enter");
    const turned = await column(page, nth);
    assert.deepEqual(turned, [...turned].sort((a, b) => -opens * (a - b)));
    assert.equal(await page.locator(`${board} [aria-sort]`).count(), 1);
  }
  await check();
});

test("players of one map add up to those of all maps", async () => {
  const { page, check } = await open(address(index), { within });
  const sums = await page.$$eval("table.score", (tables) => tables.map((table) =>
    [...table.tBodies[0].rows].reduce((sum, row) => sum + Number(row.cells[1].dataset.value), 0)));
  assert.ok(sums[0] > 0, "the session has kills");
  if (sums.length > 1) assert.equal(sums[0], sums.slice(1).reduce((a, b) => a + b));
  await check();
});

test("each highlight leads to its moment, with its player alive", async () => {
  const { page, check } = await open(address(index), { within });
  const links = await page.$$eval(".highlights a", (found) =>
    found.map((link) => ({ href: link.getAttribute("href"), name: link.querySelector("bdi").textContent })));
  assert.ok(links.length >= 3 && links.length <= 6, `${links.length} highlights`);
  for (const { href, name } of links) {
    const [file, hash] = href.split("#");
    await page.goto("about:blank");
    await page.goto(address(join(out, file), `#${hash}`));
    await page.waitForFunction((t) => view.time === t, Number(new URLSearchParams(hash).get("t")));
    const { followed, alive } = await page.evaluate(() => ({
      followed: data.players[view.follow].name, alive: isAlive(lifeAt(view.follow, view.time), view.time),
    }));
    assert.equal(followed, name);
    assert.ok(alive, `${name} lives at ${href}`);
  }
  await check();
});

test("the page turns to one player by a link, and back", async () => {
  const { page, check } = await open(address(index), { within });
  const link = page.locator(`${board} tbody th a`).first();
  const name = await link.textContent();
  await link.click();
  assert.equal(await page.evaluate(() => location.hash), `#player=${encodeURIComponent(name)}`);
  assert.deepEqual(await page.locator("article.person:visible h3").allTextContents(), [name]);
  await accessible(page);
  await page.locator("#me a").click();
  assert.ok((await page.locator("article.person:visible").count()) > 1);
  await page.goto("about:blank");
  await page.goto(address(index, `#player=${encodeURIComponent(name.toUpperCase())}`));
  assert.deepEqual(await page.locator("article.person:visible h3").allTextContents(), [name]);
  await page.goto("about:blank");
  await page.goto(address(index, "#player=%E0%A4%A"));
  assert.ok((await page.locator("article.person:visible").count()) > 1, "a name that no player has changes nothing");
  await check();
});

test("the search finds players and maps by keyboard", async () => {
  const { page, check } = await open(address(index), { within });
  const name = await page.locator("article.person h3").first().textContent();
  await page.keyboard.press("/");
  await page.keyboard.type(name.slice(0, 3).toUpperCase());
  assert.ok((await page.locator("#found li").count()) > 0);
  await accessible(page);
  await page.locator("#search").fill(name);
  await page.keyboard.press("Enter");
  assert.deepEqual(await page.locator("article.person:visible h3").allTextContents(), [name]);
  const map = await page.locator("section.map > h2").first().textContent();
  await page.locator("#search").fill(map);
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => location.hash), "#map-1");
  await page.locator("#search").fill("no such name");
  assert.ok(!(await page.locator("#found").isVisible()));
  await check();
});

test("it can be read without scripts", async () => {
  const context = await browser.newContext({ javaScriptEnabled: false, offline: true, viewport: DESKTOP });
  const page = await context.newPage();
  await page.goto(address(index));
  assert.ok(await page.locator("h1").isVisible());
  assert.ok((await page.locator("table").count()) > 0);
  assert.ok(!(await page.locator("#search").isVisible()));
  const links = await page.$$eval("table.score a", (found) => found.map((link) => link.getAttribute("href")));
  assert.ok(links.length > 0 && links.every((href) => href.startsWith("#player-")));
  await context.close();
});
