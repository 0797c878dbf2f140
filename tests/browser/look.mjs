// Screenshots against goldens. Both are reduced to cells of 10 pixels before they are compared, so that another font or
// another smoothing passes, and a part that moved, vanished or changed its colour does not. Hence JPEG will do.
// PROXIMITY_BLESS=1 writes them anew; look at them before they are committed.

import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { browser, folder } from "./harness.mjs";

const GOLDEN = join(dirname(fileURLToPath(import.meta.url)), "golden");
const CELL = 10;
// Mean distance over all cells, and how many of a thousand may differ by more than FAR, of 255.
const MOST_MEAN = 4;
const FAR = 40;
const MOST_FAR = 25;

const distances = async (left, right) => {
  const page = await browser.newPage();
  const result = await page.evaluate(async ([a, b, cell]) => {
    const cells = async (base64) => {
      const image = new Image();
      image.src = `data:image/*;base64,${base64}`;
      await image.decode();
      const [width, height] = [Math.ceil(image.width / cell), Math.ceil(image.height / cell)];
      const canvas = new OffscreenCanvas(width, height);
      const context = canvas.getContext("2d");
      context.imageSmoothingQuality = "high";
      context.drawImage(image, 0, 0, width, height);
      return { size: [image.width, image.height], pixels: context.getImageData(0, 0, width, height).data };
    };
    const [one, other] = [await cells(a), await cells(b)];
    if (String(one.size) !== String(other.size)) return { sizes: [one.size, other.size] };
    const distance = [];
    for (let i = 0; i < one.pixels.length; i += 4) {
      distance.push(Math.max(...[0, 1, 2].map((c) => Math.abs(one.pixels[i + c] - other.pixels[i + c]))));
    }
    return { distance };
  }, [left.toString("base64"), right.toString("base64"), CELL]);
  await page.close();
  return result;
};

/** How far two pictures are from each other; throws when their sizes differ. */
export const compare = async (left, right) => {
  const { distance, sizes } = await distances(left, right);
  assert.equal(sizes, undefined, `sizes differ: ${sizes}`);
  const mean = distance.reduce((sum, value) => sum + value, 0) / distance.length;
  const far = (1000 * distance.filter((value) => value > FAR).length) / distance.length;
  return { mean, far, same: mean <= MOST_MEAN && far <= MOST_FAR };
};

/** Compares what a page looks like with its golden. */
export const looksLike = async (page, name) => {
  const seen = await page.screenshot({ animations: "disabled", caret: "hide", type: "jpeg", quality: 75 });
  const file = join(GOLDEN, `${name}.jpg`);
  if (process.env.PROXIMITY_BLESS) {
    writeFileSync(file, seen);
    return;
  }
  assert.ok(existsSync(file), `${file} is missing; bless it first`);
  const found = await compare(readFileSync(file), seen);
  if (!found.same) {
    const kept = join(folder, "..", `proximity-${name}.jpg`);
    writeFileSync(kept, seen);
    assert.fail(`${name}: mean ${found.mean.toFixed(2)}, ${found.far.toFixed(1)} ‰ far off; see ${kept}`);
  }
};
