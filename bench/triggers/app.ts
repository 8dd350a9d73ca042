import type pg from 'pg';

export interface BenchApp {
  readonly id: string;
  readonly alias: string;
  readonly key: string;
  readonly key_hash: Buffer;
}

/** Creates an app with a key through the API, as an admin does. */
export async function createApp(
  server: { readonly url: string; readonly cookie: string },
  database: pg.Pool,
  alias: string,
): Promise<BenchApp> {
  const post = async (path: string, content: object): Promise<Record<string, string>> => {
    const answer = await fetch(`${server.url}${path}`, {
      method: 'POST',
      headers: { cookie: server.cookie, 'sec-fetch-site': 'same-origin' },
      body: JSON.stringify(content),
    });
    if (answer.status !== 201) {
      throw new Error(`POST ${path} answered ${answer.status}: ${await answer.text()}`);
    }
    return (await answer.json()) as Record<string, string>;
  };
  // Nothing listens on this port, so the app's checks end at once.
  const { id = '' } = await post('/api/apps', { name: alias, alias, url: 'http://127.0.0.1:9/' });
  const { api_key: key = '' } = await post(`/api/apps/${id}/api-key`, {});
  const { rows } = await database.query<{ key_hash: Buffer }>(
    'select key_hash from api_keys where app_id = $1::uuid',
    [id],
  );
  return { id, alias, key, key_hash: rows[0]?.key_hash ?? Buffer.alloc(0) };
}
