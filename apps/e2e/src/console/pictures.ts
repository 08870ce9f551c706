import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

/** A folder that pictures of the running console are put into; without it none are taken. */
const FOLDER = process.env['COFFER_PICTURES'];

/** Milliseconds that what moves is left to come to rest. */
const REST_MS = 500;

export const picture = async (page: Page, name: string): Promise<void> => {
  if (FOLDER === undefined) return;
  mkdirSync(FOLDER, { recursive: true });
  await page.waitForTimeout(REST_MS);
  await page.screenshot({ path: join(FOLDER, `${name}.png`) });
};
