import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
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

const WINDOWS_PROGRAMS = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'];
const PLACES = [
  // Chromium without its windows, which takes a third of the processor time of the whole one.
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
  '/usr/bin/chromium-browser',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ...WINDOWS_PROGRAMS.map((name) => `${process.env[name]}\\Google\\Chrome\\Application\\chrome.exe`),
];

/** The path of a browser. Throws an error that says how to get one. */
function findChromium(): string {
  const { CHROMIUM_PATH: given } = process.env;
  if (given !== undefined) {
    if (!existsSync(given)) {
      throw new Error(`CHROMIUM_PATH is ${given}, and there is no such file.`);
    }
    return given;
  }
  const found = [...PLACES, chromium.executablePath()].find((path) => existsSync(path));
  if (found === undefined) {
    throw new Error(
      'There is no Chromium or Chrome here to test the dashboard with. Install one with "sudo apt-get install chromium" or "npx playwright-core install chromium", or set CHROMIUM_PATH.',
    );
  }
  return found;
}

/** The features that Playwright disables itself: the browser obeys only the last flag with such a list. */
const DISABLED_BY_PLAYWRIGHT = [
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsUpgrades',
  'HttpsFirstBalancedModeAutoEnable',
  'LensOverlay',
  'MediaRouter',
  'PaintHolding',
  'ThirdPartyStoragePartitioning',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'OptimizationHints',
  'NetworkTimeServiceQuerying',
  'AimEnabled',
  'PreconnectToSearch',
];
/** Hidden pages and processes that Chromium starts for each new window. They took half of a visit's processor time. */
const UNSEEN = [
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
  'WebUIOmniboxFullPopup',
  'SpareRendererForSitePerProcess',
];
/** Playwright's own flags keep the browser from other hosts; QUIC is what they leave out. */
const FLAGS = [
  '--disable-quic',
  // An origin that is not localhost, for what browsers only allow there or with HTTPS.
  '--host-resolver-rules=MAP plain.test 127.0.0.1',
  `--disable-features=${[...DISABLED_BY_PLAYWRIGHT, ...UNSEEN].join(',')}`,
];

/** Runs in the page before its own scripts. */
const REPORT_POLICY_VIOLATIONS = `addEventListener('securitypolicyviolation', (event) => {
  console.error('policy violated: ' + event.effectiveDirective + ' ' + event.blockedURI);
})`;

/** Generous: on an idle machine everything happens at once. */
const PATIENCE_MS = 60_000;

export async function startBrowser(): Promise<TestBrowser> {
  const browser = await launch();
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

/** Uses the browser's sandbox where it works: not as root, and not in most containers. */
async function launch(): Promise<Browser> {
  const options = { executablePath: findChromium(), args: FLAGS };
  if (process.getuid?.() === 0) {
    return chromium.launch(options);
  }
  return chromium.launch({ ...options, chromiumSandbox: true }).catch((error: unknown) => {
    if (String(error).includes('sandbox')) {
      return chromium.launch(options);
    }
    throw error;
  });
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
