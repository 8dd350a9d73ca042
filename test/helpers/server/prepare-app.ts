import { randomUUID } from 'node:crypto';
import type { TestApp } from './server.ts';
import type { ServerProcess } from './server-process.ts';

/** The headers that the local admin's dashboard sends. */
export function toAdminHeaders({ cookie }: Pick<ServerProcess, 'cookie'>): Record<string, string> {
  return { cookie, 'sec-fetch-site': 'same-origin' };
}

/** Creates an app with a key through the API of a process. */
export async function prepareApp(
  server: Pick<ServerProcess, 'url' | 'cookie'>,
  url: string,
): Promise<TestApp> {
  const post = async (path: string, body: object): Promise<Record<string, string>> => {
    const answer = await fetch(`${server.url}${path}`, {
      method: 'POST',
      // An open connection would delay the end of the server.
      headers: { ...toAdminHeaders(server), connection: 'close' },
      body: JSON.stringify(body),
    });
    if (answer.status !== 201) {
      throw new Error(`POST ${path} answered ${answer.status}: ${await answer.text()}`);
    }
    return Object(await answer.json());
  };
  const { id = '', alias = '' } = await post('/api/apps', { name: randomUUID().slice(0, 8), url });
  const { api_key: apiKey = '' } = await post(`/api/apps/${id}/api-key`, {});
  return { id, alias, apiKey };
}
