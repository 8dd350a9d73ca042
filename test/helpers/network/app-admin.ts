import type { TestApp, TestServer } from '../server/server.ts';
import { asAdmin } from './requests.ts';

/** The local admin's requests about one app. */
export interface AppAdmin {
  send(method: 'get' | 'post' | 'put' | 'delete', path: string, body?: object): ReturnType<typeof asAdmin>;
  /** Sets secrets; throws if one is refused. */
  setSecrets(secrets: Readonly<Record<string, string>>): Promise<void>;
  /** Changes the check settings; throws where they are refused. */
  setSettings(settings: object): Promise<void>;
  listAuditEvents(): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

export function createAppAdmin(server: TestServer, app: Pick<TestApp, 'id'>): AppAdmin {
  const send: AppAdmin['send'] = (method, path, body) =>
    asAdmin(server, method, `/api/apps/${app.id}${path}`).send(body);

  async function change(path: string, body: object): Promise<void> {
    const { status, text } = await send('put', path, body);
    if (status >= 300) {
      throw new Error(`PUT ${path} was answered ${status}: ${text}`);
    }
  }

  return {
    send,
    async setSecrets(secrets) {
      for (const [name, value] of Object.entries(secrets)) {
        await change(`/secrets/${name}`, { value });
      }
    },
    setSettings: (settings) => change('/check-settings', settings),
    listAuditEvents: async () => (await send('get', '/audit-log')).body.events,
  };
}
