import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

/** Where pictures of the pages go; nowhere unless it is set. */
const FOLDER = process.env['SCREENSHOTS'] ?? '';

/** Keeps a picture of the whole page where `SCREENSHOTS` says. */
export async function takePicture(page: Page, name: string): Promise<void> {
  if (FOLDER === '') return;
  await mkdir(FOLDER, { recursive: true });
  await page.screenshot({ fullPage: true, path: join(FOLDER, `${name}.png`) });
}
