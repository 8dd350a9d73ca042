import type { Page } from 'playwright-core';
import { asAdmin, withKey } from '../network/requests.ts';
import type { TestApp } from '../server/server.ts';
import type { Visit } from './browser.ts';
import type { Dashboard, OpenPageOptions } from './dashboard.ts';

/** The card of the API key on the settings page of an app. */

export const API_KEY = /qsk_[A-Za-z0-9]{42}/;

export const section = (page: Page) => page.getByRole('region', { name: 'API key', exact: true });
export const press = (page: Page, name: string) =>
  section(page).getByRole('button', { name, exact: true }).click();
export const shownKey = (page: Page) => section(page).getByRole('region', { name: 'the API key' });
export const dialog = (page: Page) => page.getByRole('alertdialog');

export async function generate(page: Page): Promise<string> {
  await press(page, 'Generate API key');
  return (await shownKey(page).innerText()).trim();
}

export interface KeyApps {
  createApp(options?: { readonly withKey?: boolean }): Promise<TestApp>;
  openSettings(app: TestApp, options?: OpenPageOptions): Promise<Visit>;
  /** Whether the server accepts the key now. */
  isAccepted(app: TestApp, apiKey: string): Promise<boolean>;
}

export function createKeyApps(dashboard: Dashboard): KeyApps {
  return {
    async createApp({ withKey: hasKey = false } = {}) {
      const app = await dashboard.server.createApp({ url: 'http://127.0.0.1:9/' });
      if (!hasKey) {
        await asAdmin(dashboard.server, 'delete', `/api/apps/${app.id}/api-key`);
      }
      return app;
    },
    async openSettings(app, options = {}) {
      const visit = await dashboard.open(`/apps/${app.alias}/settings`, options);
      await visit.context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: visit.origin });
      return visit;
    },
    async isAccepted(app, apiKey) {
      const { status } = await withKey(dashboard.server, { ...app, apiKey }, 'get');
      return status === 200;
    },
  };
}
