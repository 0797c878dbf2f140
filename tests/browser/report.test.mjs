// The session report, as people read it.

import assert from "node:assert/strict";
import { statSync } from "node:fs";
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
  await accessible(page);
  const shown = () => page.locator("#full img").getAttribute("src");
  const first = await shown();
  assert.equal(first, await picture.getAttribute("href"));
  assert.match(await page.locator("#full .about").textContent(), /shows\d+ lives of \d+ players/, "its figures in words");
  await page.keyboard.press("ArrowRight");
  assert.notEqual(await shown(), first);
  assert.ok((await page.locator("#full .keep").getAttribute("href")).endsWith(await shown()), "the sheet can be kept");
  await page.keyboard.press("ArrowLeft");
  assert.equal(await shown(), first);
  await page.keyboard.press("Escape");
  assert.ok(!(await page.locator("#full").isVisible()));
  assert.ok(await picture.evaluate((link) => link === document.activeElement), "the keyboard is back where it was");
  await check();
});

test("it can be used with the keyboard alone", async () => {
  const { page, check } = await open(address(index), { within });
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => Math.abs(document.getElementById("scoreboard").getBoundingClientRect().top) < innerHeight / 2);
  const boards = await page.locator("input[name=board]").count();
  if (boards > 1) {
    await page.locator("#board-1").focus();
    await page.keyboard.press("ArrowRight");
    assert.ok(await page.locator("#board-2").isChecked() && await page.locator(".board:nth-child(2) .table").isVisible());
    await page.keyboard.press("ArrowLeft");
  }
  const rule = page.locator("details.plain summary").first();
  await rule.focus();
  await page.keyboard.press("Enter");
  assert.ok(await page.locator("details.plain[open] li").first().isVisible(), "the rules of the highlights are on the page");
  const name = page.locator(`${board} tbody th a`).first();
  await name.focus();
  await page.keyboard.press("Enter");
  // The page turns to the player when its address has changed, a moment later.
  await page.waitForFunction(() => [...document.querySelectorAll("article.person")].filter((part) => part.checkVisibility()).length === 1);
  await page.keyboard.press("/");
  assert.equal(await page.evaluate(() => document.activeElement.id), "search");
  await page.keyboard.press("Escape");
  await check();
});

test("the bar stays, marks the part on the screen, and there is a way back to the top", async () => {
  const { page, check } = await open(address(index), { within, motion: "reduce" });
  const now = () => page.locator(".bar-top a[aria-current]").textContent();
  assert.equal(await now(), "Scoreboard");
  assert.ok(!(await page.locator(".to-top").isVisible()), "at the top there is nothing to go back to");
  await page.locator(".bar-top a", { hasText: "Players" }).click();
  await page.waitForFunction(() => document.querySelector(".bar-top a[aria-current]").textContent === "Players");
  assert.ok((await page.locator(".bar-top").boundingBox()).y <= 0.5);
  await page.locator(".to-top").click();
  await page.waitForFunction(() => scrollY === 0);
  assert.equal(await now(), "Scoreboard");
  await check();
});

test("tables scroll inside themselves on a phone", async () => {
  const { page, check } = await open(address(index), { viewport: PHONE, within });
  const [inner, whole] = await page.$eval(`.board:first-child .table`, (box) => [box.clientWidth, box.scrollWidth]);
  assert.ok(whole > inner, "the scoreboard is wider than a phone");
  await page.$eval(`.board:first-child .table`, (box) => box.scrollTo(9999, 0));
  const name = await page.locator(`${board} tbody th`).first().boundingBox();
  assert.ok(name.x >= 0 && name.x < 60, "names stay in sight");
  await fits(page);
  await check();
});

test("what the files do not tell is said once", async () => {
  const { page, check } = await open(address(index), { within });
  const text = await page.evaluate(() => document.body.textContent);
  assert.equal(text.match(/[Ww]ho won/g).length, 1);
  await check();
});

test("the first view is light, and the full sheet comes on demand", async () => {
  const { page, check } = await open(address(index), { within });
  await page.waitForLoadState("networkidle");
  const loaded = await page.evaluate(() => [...document.images].filter((image) => image.naturalWidth).map((image) => image.getAttribute("src")));
  assert.ok(loaded.length > 0 && loaded.every((file) => file.endsWith("-small.jpg")), String(loaded));
  const page_bytes = statSync(index).size;
  const bytes = [...new Set(loaded)].reduce((sum, file) => sum + statSync(join(out, file)).size, page_bytes);
  assert.ok(bytes <= 1.5e6, `${bytes} bytes at first`);
  assert.ok(page_bytes <= 400e3, `${page_bytes} bytes of page`);
  const picture = page.locator("a.zoom:visible").first();
  await picture.click();
  await page.waitForFunction(() => document.querySelector("#full img").naturalWidth > 1000);
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
  const shots = await page.$$eval(".highlights .shot", (shots) => shots.map((shot) => {
    const box = shot.getBoundingClientRect();
    const end = shot.querySelector(".here").getBoundingClientRect();
    return shot.querySelector("img").naturalWidth > 0 && shot.querySelector(".own").getTotalLength() > 0
      && end.right > box.left && end.left < box.right && end.bottom > box.top && end.top < box.bottom;
  }));
  assert.equal(shots.length, links.length);
  assert.ok(shots.every(Boolean), `each shows the path on its map: ${shots}`);
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

test("a player's part has the figures, the maps with every death and kill, and the duels", async () => {
  const { page, check } = await open(address(index), { within });
  const name = await page.locator(`${board} tbody th a`).first().textContent();
  await page.goto(address(index, `#player=${encodeURIComponent(name)}`));
  assert.ok((await page.title()).startsWith(name));
  const own = page.locator("article.person.chosen");
  const of = async (figure) => Number((await own.locator("table.own tr", { hasText: new RegExp(`^${figure}`) }).locator("td").first().textContent()).replace(/\D/g, ""));
  const marks = async (kind) => own.locator(`polyline.${kind}`).evaluateAll((lines) =>
    lines.reduce((sum, line) => sum + line.getAttribute("points").split(" ").filter(Boolean).length, 0));
  const deaths = await of("deaths");
  assert.equal(await marks("deaths"), deaths);
  const kills = await of("kills");
  assert.ok(kills > 0);
  assert.equal(await marks("kills"), kills);
  assert.ok((await own.locator(".own-map path").count()) > 0, "own ground against the team's");
  assert.ok((await own.locator("a[href^='#player=']").count()) > 0, "opponents link to their pages");
  assert.match(await own.locator("table.ways td").first().textContent(), /\d+ of \d+, side \d+/);
  assert.ok((await own.locator("figure.picture").count()) > 0, "the longest life, and that with most kills");
  const box = await own.locator("h3").boundingBox();
  assert.ok(box.y < DESKTOP.height / 2, "the page begins with the player");
  await own.locator(".own-map img").first().scrollIntoViewIfNeeded();
  await page.waitForFunction(() => document.querySelector(".chosen .own-map img").naturalWidth > 0);
  await fits(page);
  await accessible(page);
  await check();
});

test("a map's pictures begin with plain heat, each with a legend in words", async () => {
  const { page, check } = await open(address(index), { within });
  const files = await page.$$eval("section.map:first-of-type .gallery:not(.screen) a.zoom, section.map .gallery a.zoom", (links) =>
    links.map((link) => link.getAttribute("href")));
  const order = ["heat", "states", "exits", "kills", "arrival-allies", "arrival-axis", "classes-allies"];
  assert.deepEqual(files.slice(0, order.length).map((file) => /\d\d-[^-]+-(.*)\.jpg/.exec(file)[1]), order);
  const figure = page.locator("section.map figure.picture").first();
  assert.match(await figure.textContent(), /the stronger the colour/);
  await check();
});

test("light pages and paper have light maps", async () => {
  const { page, check } = await open(address(index), { scheme: "light", within });
  const shown = await page.$$eval("section.map .gallery:not(.screen) img", (images) => images.slice(0, 4).map((image) => (image.loading = "eager") && image.closest("picture") !== null));
  assert.ok(shown.every(Boolean));
  await page.waitForFunction(() => document.querySelector(".tile img").currentSrc.endsWith("-light.jpg"));
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  await page.waitForFunction(() => document.querySelector(".shot img, .tile img").currentSrc.endsWith("-light.jpg"));
  await check();
});

test("it prints on few pages", async () => {
  const { page, check } = await open(address(index), { within });
  const pdf = (await page.pdf({ format: "A4", printBackground: false })).toString("latin1");
  const pages = pdf.match(/\/Type\s*\/Page\b/g).length;
  assert.ok(pages >= 2 && pages <= 7, `${pages} pages`);
  await check();
});

test("a chat finds the picture that a link unfolds to", async () => {
  const { page, check } = await open(address(index), { within });
  const tag = (name) => page.locator(`meta[property="og:${name}"]`).getAttribute("content");
  const file = join(out, await tag("image"));
  const size = await page.evaluate(async (src) => {
    const image = new Image();
    image.src = src;
    await image.decode();
    return [image.naturalWidth, image.naturalHeight];
  }, address(file));
  assert.deepEqual(size, [Number(await tag("image:width")), Number(await tag("image:height"))]);
  assert.equal(await tag("title"), await page.locator("h1").textContent());
  assert.match(await tag("image:alt"), /1\. .*kills?/);
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
