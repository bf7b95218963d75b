import type { AuthType } from '../../api/config.js';
import { PASSWORD, useFastHasher } from './app.js';
import type { Tab } from './chromium.js';
import { clickThrough } from './chromium.js';
import { ServerProcess } from './server_process.js';
import { storageIn, tempFolder } from './temp_storage.js';

/** A server of its own process, over a storage of its own. */
export interface Site {
  /** Where browsers reach it, which take this name for trustworthy without https. */
  readonly origin: string;
  readonly port: number;
  /** What it stores. */
  readonly folder: string;
}

export interface SiteOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Fills the storage before the server starts. */
  readonly seed?: () => Promise<unknown>;
}

/** Starts a site; it ends after the test. */
export async function startSite(authType: AuthType | null, options: SiteOptions = {}): Promise<Site> {
  const folder = await tempFolder();
  if (options.seed) {
    useFastHasher();
    const storage = await storageIn(folder);
    await options.seed();
    await storage.close();
  }
  const env = { AUTH_TYPE: authType ?? '', SCRYPT_COST: '4,8,1', STORAGE_DIR: folder, ...options.env };
  const port = await ServerProcess.node(env).port();
  const scheme = 'TLS_CERT' in env ? 'https' : 'http';
  return { port, origin: `${scheme}://localhost:${port}`, folder };
}

/** What somebody types into the page to log in. */
export interface Typed {
  readonly email: string | null;
  readonly password?: string;
  readonly remember?: boolean;
}

/** Fills in the login page, which is open, and sends it. */
export async function sendLogin({ page }: Tab, { email, password, remember }: Typed): Promise<void> {
  await page.getByLabel('Email').fill(email ?? '');
  await page.getByLabel('Password').fill(password ?? PASSWORD);
  if (remember === true) await page.getByLabel('Remember me on this device').check();
  await clickThrough(page, 'Log in');
}

/** Opens the login page of a site and logs in. */
export async function logInAt(tab: Tab, origin: string, typed: Typed): Promise<void> {
  await tab.page.goto(`${origin}/login`);
  await sendLogin(tab, typed);
}

/** The words of the navigation at the top. */
export async function navigationOf({ page }: Tab): Promise<string[]> {
  const navigation = page.getByRole('navigation', { name: 'Main' });
  return navigation.getByRole('link').or(navigation.getByRole('button')).allInnerTexts();
}

/** What a page says about what was just done. */
export async function noticeOf({ page }: Tab): Promise<string> {
  return page.getByRole('status').innerText();
}

/** Where the page is, without the origin. */
export function pathOf({ page }: Tab): string {
  const { pathname, search } = new URL(page.url());
  return pathname + search;
}
