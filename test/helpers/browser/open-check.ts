import type { Page } from 'playwright-core';
import { type CheckOptions, insertCheck } from '../server/checks.ts';
import type { TestApp } from '../server/server.ts';
import type { Visit } from './browser.ts';
import type { Dashboard, OpenPageOptions } from './dashboard.ts';

export interface OpenedCheck extends Visit {
  readonly id: string;
  readonly app: TestApp;
}

/** Opens the page of a check that a new app has. */
export async function openCheck(
  dashboard: Dashboard,
  check: CheckOptions,
  options: OpenPageOptions = {},
): Promise<OpenedCheck> {
  const app = await dashboard.server.createApp({ name: 'Shop', url: 'http://127.0.0.1:9' });
  const id = await insertCheck(dashboard.server, app, check);
  const visit = await dashboard.open(`/apps/${app.alias}/checks/${id}`, options);
  await findResult(visit.page).waitFor();
  return { ...visit, id, app };
}

/** The region of the conclusion. */
export function findResult(page: Page) {
  return page.getByRole('region', { name: 'Result' });
}
