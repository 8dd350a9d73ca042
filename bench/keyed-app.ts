import type { ServerProcess } from '../test/helpers/server/server-process.ts';

export interface KeyedApp {
  readonly id: string;
  readonly alias: string;
  readonly apiKey: string;
}

/**
 * Creates an app with a key, through the API as the dashboard does. Nothing answers at its URL, so its checks end at
 * once.
 */
export async function createKeyedApp(server: Pick<ServerProcess, 'url' | 'cookie'>): Promise<KeyedApp> {
  const app = await postJson(server, '/api/apps', { name: 'Bench', url: 'http://127.0.0.1:9/' });
  const { id, alias } = app;
  const { api_key: apiKey } = await postJson(server, `/api/apps/${id}/api-key`, {});
  if (id === undefined || alias === undefined || apiKey === undefined) {
    throw new Error('The server made no app, or no key.');
  }
  return { id, alias, apiKey };
}

async function postJson(
  { url, cookie }: Pick<ServerProcess, 'url' | 'cookie'>,
  path: string,
  body: unknown,
): Promise<Record<string, string | undefined>> {
  const headers = { cookie, 'sec-fetch-site': 'same-origin' };
  const answer = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  return (await answer.json()) as Record<string, string | undefined>;
}
