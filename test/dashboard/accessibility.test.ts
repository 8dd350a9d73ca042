import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { findColorViolations, findLayoutViolations, findViolations } from '../helpers/browser/axe.ts';
import { startBrowser, type TestBrowser, type Visit } from '../helpers/browser/browser.ts';
import { PAGES, type PageCase, SUBJECT } from '../helpers/browser/page-cases.ts';
import { asAdmin } from '../helpers/network/requests.ts';
import { failed, insertCheck, passed } from '../helpers/server/checks.ts';
import { createTestDatabase, type TestDatabase } from '../helpers/server/database.ts';
import { createAppOfLongNames } from '../helpers/server/long-names.ts';
import { createTestOrganization } from '../helpers/server/organization.ts';
import { startTestServer, type TestApp, type TestServer } from '../helpers/server/server.ts';
import { signInPerson, signInWithPassword, type TestPerson } from '../helpers/server/sign-in.ts';
import { PUBLISHABLE_KEY, type Supabase, startSupabase } from '../helpers/stand-ins/supabase.ts';

jest.setTimeout(180_000);

let browser: TestBrowser;
let database: TestDatabase;
let supabase: Supabase;
let local: TestServer;
let hosted: TestServer;
let newcomer: string;
let owner: TestPerson;
const names = new Map<string, string>();

beforeAll(async () => {
  [browser, database, supabase] = await Promise.all([startBrowser(), createTestDatabase(), startSupabase()]);
  local = await startTestServer({ database });
  const env = { SUPABASE_URL: supabase.url, SUPABASE_PUBLISHABLE_KEY: PUBLISHABLE_KEY };
  hosted = await startTestServer({ env, database });
  newcomer = await signInWithPassword(supabase, hosted);
  owner = await signInPerson(supabase, hosted);
  await fill();
});
afterEach(async () => expect(await browser.closeVisits()).toEqual([]));
afterAll(async () => {
  await browser.stop();
  await Promise.all([local.stop(), hosted.stop(), supabase.stop()]);
  await database.drop();
});

async function fill(): Promise<void> {
  const busy = await local.createApp({ name: 'Busy', url: 'https://shop.example.com' });
  const quiet = await local.createApp({ name: 'Quiet' });
  const keyless = await asAdmin(local, 'post', '/api/apps').send({ name: 'Keyless' });
  await asAdmin(local, 'patch', `/api/apps/${busy.id}`).send({
    repository_url: 'https://github.com/octo-org/shop',
  });
  const me = await asAdmin(local, 'get', '/api/me');
  names.set('OWN_ORGANIZATION', me.body.organizations[0].name);
  await database.query(
    `insert into audit_events (app_id, action, actor_type, api_key_start, leak_url, leak_source)
     values ($1, 'api_key.leaked', 'secret_scanning', 'qsk_Ab12', $2, 'pull_request_comment')`,
    [keyless.body.id, `https://github.com/octo-org/shop/blob/main/${'a-long-name/'.repeat(20)}`],
  );
  names.set('BUSY', busy.alias).set('QUIET', quiet.alias).set('KEYLESS', keyless.body.alias);
  names.set('LONG', await createAppOfLongNames(local));
  await insertChecksOfAllKinds(busy);
  const second = await createTestOrganization(hosted, owner);
  const app = { name: 'Second', organization_id: second.id };
  await asAdmin(hosted, 'post', '/api/apps', owner.cookie).send(app);
}

async function insertChecksOfAllKinds(app: TestApp): Promise<void> {
  const metadata = {
    git_commit_id: 'ffac537e6cbbf934b08745a378932722df287a53',
    git_commit_message: `${SUBJECT}\n\nBecause.`,
    branch: 'renovate/a-very-long-branch-name-as-bots-make-them-without-a-space-in-it-'.repeat(3),
    pull_request_id: '1347',
    pull_request_name: 'Say how many teapots are left '.repeat(8),
  };
  const flows = [passed('GET /'), passed(`GET /${'products-of-a-long-name/'.repeat(8)}`)];
  const broken = [
    ...flows,
    failed('GET /pricing', 'responded 500 Internal Server Error; linked from /'),
    failed('GET /old', 'responded 404 Not Found'),
  ];
  const error = 'http://127.0.0.1:9/ refused the connection. Is the app running there?';
  await insertCheck(database, app, {
    metadata: { branch: 'main' },
    conclusion: 'failure',
    flows: [failed('GET /old', 'responded 404 Not Found'), failed('GET /', 'responded 500')],
    minutesAgo: 30,
  });
  await insertCheck(database, app, { metadata, flows, minutesAgo: 9 });
  await insertCheck(database, app, {
    metadata,
    conclusion: 'cancelled',
    minutesAgo: 8,
    triggeredBy: 'schedule',
  });
  names.set(
    'ERROR',
    await insertCheck(database, app, { metadata, conclusion: 'error', error, minutesAgo: 7 }),
  );
  names.set('FAILED', await insertCheck(database, app, { metadata, conclusion: 'failure', flows: broken }));
  names.set(
    'RUNNING',
    await insertCheck(database, app, {
      metadata,
      conclusion: null,
      flows: [...flows, failed('GET /slow', 'did not answer within 10 s')],
      minutesAgo: 1,
    }),
  );
}

function fillIn(text: string): string {
  return text.replace(/[A-Z_]{4,}/g, (name) => names.get(name) ?? name);
}

async function visit({ who = 'admin', path, heading, shows, press }: PageCase): Promise<Visit> {
  const server = who === 'admin' || who === 'nobody' ? local : hosted;
  const cookie = { admin: local.cookie, newcomer, 'owner of two organizations': owner.cookie }[String(who)];
  const visited = await browser.open({ server, cookie });
  // The browser's own line for an answer of 401 or 404, which is what some of these pages are about.
  visited.allow(/Failed to load resource: .* 40[14] /);
  await visited.goTo(fillIn(path));
  const { page } = visited;
  await page.getByRole('heading', { level: 1, name: fillIn(heading), exact: true }).waitFor();
  if (press) {
    await page
      .getByRole('button', { name: press })
      .or(page.getByRole('combobox').filter({ hasText: press }))
      .click();
  }
  if (shows) {
    await page.getByText(shows).filter({ visible: true }).first().waitFor();
  }
  for (const loading of await page.getByText('Loading…').all()) {
    await loading.waitFor({ state: 'hidden' });
  }
  return visited;
}

/** Phones, tablets, laptops, wide screens, and the widths just beside those at which the layout changes. */
const WIDTHS = [320, 360, 641, 768, 866, 1024, 1440, 2560];
/** Where things could overlap, and are closest to each other. */
const NARROWEST = 320;

test.each(Object.entries(PAGES))('%s: is accessible on every screen', async (_name, pageCase) => {
  const { page } = await visit(pageCase);
  // A check's state comes first.
  const title = await page.title();
  expect(title.slice(title.indexOf(fillIn(pageCase.heading)))).toBe(
    `${fillIn(pageCase.heading)} · Qassandra`,
  );
  expect(await page.locator('h1').count()).toBe(1);
  const faults = [...(await findViolations(page)), ...(await findFaultsByWidth(page))];
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.emulateMedia({ forcedColors: 'active' });
  faults.push(...label('forced colours', await findColorViolations(page)));
  await page.emulateMedia({ forcedColors: 'none' });
  await page.evaluate(`document.documentElement.style.fontSize = '200%'`);
  faults.push(...label('text of 200 %', await findOverflow(page)));
  await page.setViewportSize({ width: 640, height: 900 });
  faults.push(...label('text of 200 %, 640 px', await findOverflow(page)));
  expect(faults).toEqual([]);
});

/** Resizes the open page, which is cheaper than to open it anew for each screen. */
async function findFaultsByWidth(page: Page): Promise<string[]> {
  const faults: string[] = [];
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    faults.push(...label(`${width} px`, await findOverflow(page)));
  }
  await page.setViewportSize({ width: NARROWEST, height: 900 });
  faults.push(...label(`${NARROWEST} px`, await findLayoutViolations(page)));
  await page.emulateMedia({ colorScheme: 'dark' });
  faults.push(...label(`${NARROWEST} px, dark`, await findColorViolations(page)));
  await page.emulateMedia({ colorScheme: 'light' });
  return faults;
}

function label(where: string, faults: readonly string[]): string[] {
  return faults.map((fault) => `${where}: ${fault}`);
}

/** Pages and dialogs that scroll sideways. */
async function findOverflow(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`[document.documentElement, ...document.querySelectorAll('.dialog')]
    .filter((one) => one.scrollWidth > one.clientWidth)
    .map((one) => 'scrolls ' + (one.scrollWidth - one.clientWidth) + ' px sideways ' + one.className)`);
}

test('finds what is wrong: the tests above can fail', async () => {
  const visited = await visit({ path: '/', heading: 'Apps', shows: 'Busy' });
  await visited.page.evaluate(`
    document.body.insertAdjacentHTML('beforeend', '<img src="data:,"><b style="color: red">b</b>');
    const wide = document.createElement('p');
    Object.assign(wide.style, { width: '2000px', color: '#ccc' });
    wide.innerHTML = 'Wide and pale';
    const tiny = () => Object.assign(document.createElement('button'), { textContent: '·' });
    const tinies = [tiny(), tiny()];
    for (const one of tinies) Object.assign(one.style, { width: '8px', height: '8px', padding: 0, border: 0 });
    document.querySelector('main').append(wide, ...tinies);
    fetch('http://127.0.0.1:9/').catch(() => {});
  `);
  const found = [...(await findOverflow(visited.page)), ...(await findViolations(visited.page))];
  const faults = found.map((fault) => fault.split(' ')[0]);
  expect(faults).toEqual(
    expect.arrayContaining(['scrolls', 'image-alt', 'target-size', 'color-contrast', 'region']),
  );
  expect(await findColorViolations(visited.page)).toEqual([expect.stringContaining('color-contrast')]);
  const complaints = (await browser.closeVisits()).join('\n');
  expect(complaints).toMatch(/policy violated: style-src-attr inline/);
  expect(complaints).toMatch(/policy violated: connect-src http:\/\/127\.0\.0\.1:9/);
});
