import { afterAll, afterEach, beforeAll, expect, jest } from '@jest/globals';
import type { Locator } from 'playwright-core';
import { startTcpProxy, type TcpProxy } from '../network/tcp-proxy.ts';
import { startTestServer, type TestServer } from '../server/server.ts';
import { signInPerson, type TestPerson } from '../server/sign-in.ts';
import { PUBLISHABLE_KEY, type Supabase, startSupabase } from '../stand-ins/supabase.ts';
import { type OpenOptions, startBrowser, type TestBrowser, type Visit } from './browser.ts';

export interface OpenPageOptions extends Partial<OpenOptions> {
  /** What this test causes on purpose, such as the browser's own line for a 404. */
  readonly allow?: readonly RegExp[];
  /** Lets the test move the page's clock: `visit.page.clock.fastForward`, or `passTimeUntil`. */
  readonly hasClock?: boolean;
}

/** A server and a browser for one test file. They start before its tests and stop after them. */
export interface Dashboard {
  readonly server: TestServer;
  readonly browser: TestBrowser;
  /** Opens a page, as the local admin unless `cookie` names somebody else. */
  open(path: string, options?: OpenPageOptions): Promise<Visit>;
}

/** The same where people sign in with Supabase, so that there can be several of them. */
export interface HostedDashboard extends Dashboard {
  readonly supabase: Supabase;
  signIn(email?: string): Promise<TestPerson>;
}

/** Registers the hooks of the file. A test fails if a page did what no page may do (`closeVisits`). */
export function setUpDashboard(start: () => Promise<TestServer> = startTestServer): Dashboard {
  let server: TestServer;
  let browser: TestBrowser;
  jest.setTimeout(120_000);
  beforeAll(async () => {
    [browser, server] = await Promise.all([startBrowser(), start()]);
  });
  afterEach(async () => expect(await browser.closeVisits()).toEqual([]));
  afterAll(async () => {
    await browser.stop();
    await server.stop();
  });
  return {
    get server() {
      return server;
    },
    get browser() {
      return browser;
    },
    async open(path, { allow = [], hasClock = false, ...options } = {}) {
      const visit = await browser.open({ server, cookie: server.cookie, ...options });
      for (const complaint of allow) {
        visit.allow(complaint);
      }
      if (hasClock) {
        await visit.page.clock.install();
      }
      await visit.goTo(path);
      return visit;
    },
  };
}

export function setUpHostedDashboard(): HostedDashboard {
  let supabase: Supabase;
  const dashboard = setUpDashboard(async () => {
    supabase = await startSupabase();
    const env = { SUPABASE_URL: supabase.url, SUPABASE_PUBLISHABLE_KEY: PUBLISHABLE_KEY };
    return startTestServer({ env });
  });
  afterAll(() => supabase.stop());
  return {
    get server() {
      return dashboard.server;
    },
    get browser() {
      return dashboard.browser;
    },
    get supabase() {
      return supabase;
    },
    open: dashboard.open,
    signIn: (email) => signInPerson(supabase, dashboard.server, email),
  };
}

/** A connection between the browser and the server that a test can cut. It is restored after each test. */
export interface Wire {
  cut(): Promise<void>;
  restore(): Promise<void>;
  /** Opens a page whose requests go over it, as the local admin. */
  open(path: string, options?: OpenPageOptions): Promise<Visit>;
}

/** The browser's own line for a request that never got an answer. */
const UNREACHED = /^console: Failed to load resource: net::ERR_/;

export function setUpWire(dashboard: Dashboard): Wire {
  let proxy: TcpProxy;
  beforeAll(async () => {
    proxy = await startTcpProxy({ host: '127.0.0.1', port: Number(new URL(dashboard.server.url).port) });
  });
  afterEach(() => proxy.restore());
  afterAll(() => proxy.stop());
  return {
    cut: () => proxy.cut(),
    restore: () => proxy.restore(),
    open(path, { allow = [], ...options } = {}) {
      const server = { url: `http://127.0.0.1:${proxy.port}` };
      return dashboard.open(path, { server, allow: [UNREACHED, ...allow], ...options });
    },
  };
}

const MOST_STEPS = 40;
const STEP_MS = 2_000;

/**
 * Moves the page's clock until the page shows something: retries and polls come at once. Needs a page that was opened
 * with `hasClock`.
 */
export async function passTimeUntil({ page }: Visit, shown: Locator): Promise<void> {
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const isShown = await shown.waitFor({ timeout: 150 }).then(
      () => true,
      () => false,
    );
    if (isShown) {
      return;
    }
    await page.clock.fastForward(STEP_MS);
  }
  await shown.waitFor();
}
