import type { BrowserContext, Page } from 'playwright-core';
import { launchBrowser } from './launch.ts';
import { createScriptCoverage } from './script-coverage.ts';

/** A real Chromium for one test file. */
export interface TestBrowser {
  /** Opens an empty page in a new profile. */
  open(options: OpenOptions): Promise<Visit>;
  /** Closes all pages, and returns what must not have happened on them: `afterEach` expects an empty list. */
  closeVisits(): Promise<string[]>;
  stop(): Promise<void>;
}

export interface OpenOptions {
  /** The server, or a proxy before it. */
  readonly server: { readonly url: string };
  /** The `Cookie` header of the person who is signed in; nobody without it. */
  readonly cookie?: string | undefined;
  readonly colorScheme?: 'light' | 'dark';
  readonly width?: number;
  readonly height?: number;
}

/** An open page of the dashboard. */
export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  /** `http://localhost:PORT`, as `PUBLIC_URL` has it. */
  readonly origin: string;
  goTo(path: string): Promise<void>;
  /** Allows a complaint in this test, such as the browser's own line for a 404. */
  allow(complaint: RegExp): void;
}

/** Runs in the page before its own scripts. */
const REPORT_POLICY_VIOLATIONS = `addEventListener('securitypolicyviolation', (event) => {
  console.error('policy violated: ' + event.effectiveDirective + ' ' + event.blockedURI);
})`;

/** Generous: on an idle machine everything happens at once. */
const PATIENCE_MS = 60_000;

export async function startBrowser(): Promise<TestBrowser> {
  const browser = await launchBrowser();
  const visits = new Map<BrowserContext, Complaints>();
  const coverage = createScriptCoverage();
  return {
    async open(options) {
      const { server, cookie = '', colorScheme = 'light', width = 1440, height = 900 } = options;
      const origin = server.url.replace('//127.0.0.1', '//localhost');
      const context = await browser.newContext({
        baseURL: origin,
        colorScheme,
        locale: 'en-US',
        reducedMotion: 'reduce',
        viewport: { width, height },
      });
      context.setDefaultTimeout(PATIENCE_MS);
      const complaints = new Complaints(origin);
      visits.set(context, complaints);
      await context.addCookies(parseCookies(cookie, origin));
      await context.addInitScript({ content: REPORT_POLICY_VIOLATIONS });
      complaints.listenTo(context);
      coverage?.watch(context);
      const page = await context.newPage();
      await coverage?.start(page);
      return {
        page,
        context,
        origin,
        goTo: async (path) => void (await page.goto(path, { waitUntil: 'domcontentloaded' })),
        allow: (complaint) => complaints.allow(complaint),
      };
    },
    async closeVisits() {
      const all = [...visits];
      visits.clear();
      await Promise.all(
        all.map(async ([context]) => {
          await coverage?.collect(context);
          await context.close();
        }),
      );
      return all.flatMap(([, complaints]) => complaints.list());
    },
    async stop() {
      coverage?.save();
      await browser.close();
    },
  };
}

function parseCookies(header: string, origin: string) {
  return header
    .split('; ')
    .filter((cookie) => cookie !== '')
    .map((cookie) => {
      const at = cookie.indexOf('=');
      return { name: cookie.slice(0, at), value: cookie.slice(at + 1), url: origin, httpOnly: true };
    });
}

/** What must not happen on any page: errors, violations of its policy, requests to other hosts. */
class Complaints {
  readonly #origin: string;
  readonly #all: string[] = [];
  readonly #allowed: RegExp[] = [];

  constructor(origin: string) {
    this.#origin = origin;
  }

  listenTo(context: BrowserContext): void {
    context.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') {
        const { pathname } = URL.parse(message.location().url) ?? { pathname: '' };
        this.#all.push(`console: ${message.text()} ${pathname}`.trimEnd());
      }
    });
    context.on('weberror', (error) => this.#all.push(`uncaught: ${error.error().message}`));
    context.on('request', (request) => {
      const { protocol, origin } = new URL(request.url());
      if (protocol !== 'data:' && protocol !== 'blob:' && origin !== this.#origin) {
        this.#all.push(`asked another host: ${request.url()}`);
      }
    });
  }

  allow(complaint: RegExp): void {
    this.#allowed.push(complaint);
  }

  list(): string[] {
    return this.#all.filter((complaint) => !this.#allowed.some((pattern) => pattern.test(complaint)));
  }
}
