import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const FOLDERS = (process.env['PATH'] ?? '').split(':');
const PATHS = NAMES.flatMap((name) => FOLDERS.map((folder) => join(folder, name)));
const CHROMIUM = process.env['CHROMIUM_PATH'] ?? PATHS.find((path) => existsSync(path));

/** It asks nobody but servers on this machine, by whatever name. */
const ARGUMENTS = [
  '--headless',
  // What root needs; it opens no pages but ours.
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-proxy-server',
  '--host-resolver-rules=MAP *.lan 127.0.0.1, MAP *.example 127.0.0.1',
];

/** Milliseconds to wait for anything on a page: less than a test has, so that it fails with what it waited for. */
const PATIENCE = 8000;

let launched: Promise<Browser> | null = null;
const open = new Set<BrowserContext>();

/** A window of somebody who shares nothing with the others: cookies, cache, settings. */
export interface Tab {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What the browser found wrong with pages: errors and warnings in its console, dialogs, files that did not come. */
  readonly complaints: string[];
}

/** Opens a window; it is closed after the test, and the browser after the last test of the file. */
export async function openTab(options: BrowserContextOptions = {}): Promise<Tab> {
  launched ??= launch();
  const context = await (await launched).newContext({ locale: 'en-GB', reducedMotion: 'reduce', ...options });
  open.add(context);
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  return { context, page, complaints: complaintsOf(page) };
}

/** Clicks, and resolves when the page that this leads to has come whole, with its style sheet. */
export async function clickThrough(page: Page, name: string, exact = true): Promise<void> {
  const target = page.getByRole('button', { name, exact }).or(page.getByRole('link', { name, exact }));
  await Promise.all([page.waitForEvent('load'), target.click()]);
}

/** For `beforeEach`: skips the test, saying why, where there is no browser. */
export function needChromium(this: Mocha.Context): void {
  if (CHROMIUM !== undefined) return;
  if (this.currentTest) this.currentTest.title += ' (skipped: Chromium is not installed)';
  this.skip();
}

/** After each test; see setup.ts. */
export async function closeTabs(): Promise<void> {
  await Promise.all([...open].map((context) => context.close()));
  open.clear();
}

/** After the last test of a file; see setup.ts. */
export async function closeChromium(): Promise<void> {
  const browser = await launched;
  launched = null;
  await browser?.close();
}

async function launch(): Promise<Browser> {
  // Most tests need no browser, and its library takes a while to load.
  const { chromium } = await import('playwright-core');
  // Pages may come back from the cache for that, as they do for people.
  const ignoreDefaultArgs = ['--disable-back-forward-cache'];
  return chromium.launch({ executablePath: CHROMIUM ?? 'chromium', args: ARGUMENTS, ignoreDefaultArgs });
}

function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  const pages = new Set<string>();
  page.on('request', (request) => request.isNavigationRequest() && pages.add(request.url()));
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText;
    // A page that somebody leaves before all of it has come.
    if (reason !== 'net::ERR_ABORTED') complaints.push(`${request.url()} failed: ${reason}`);
  });
  page.on('console', (message) => {
    if (!['error', 'warning'].includes(message.type())) return;
    // A page that is a refusal: its status is in the console too.
    const isStatus = message.text().startsWith('Failed to load resource: the server responded with');
    if (isStatus && pages.has(message.location().url)) return;
    complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return complaints;
}
