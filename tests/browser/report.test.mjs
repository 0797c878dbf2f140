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
    .map((link) => link.getAttribute("href").slice(1)).filter((id) => id && !document.getElementById(id)));
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

test("it can be read without scripts", async () => {
  const context = await browser.newContext({ javaScriptEnabled: false, offline: true, viewport: DESKTOP });
  const page = await context.newPage();
  await page.goto(address(index));
  assert.ok(await page.locator("h1").isVisible());
  assert.ok((await page.locator("table").count()) > 0);
  await context.close();
});
