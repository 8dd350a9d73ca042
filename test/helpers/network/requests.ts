import request from 'supertest';
import type { TestApp, TestServer } from '../server/server.ts';

type At = Pick<TestServer, 'url'>;

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** A request as the dashboard sends it, with the local admin's session. */
export function asAdmin(
  server: Pick<TestServer, 'url' | 'cookie'>,
  method: Method,
  path: string,
  cookie = server.cookie,
): request.Test {
  return request(server.url)[method](path).set('Cookie', cookie).set('Sec-Fetch-Site', 'same-origin');
}

/** A request as CI sends it, with the app's key. */
export function withKey(server: At, app: TestApp, method: Method, path = ''): request.Test {
  return request(server.url)
    [method](`/api/apps/${app.alias}${path}`)
    .set('Authorization', `Bearer ${app.apiKey}`);
}

/** Triggers a check and returns its id. */
export async function trigger(server: At, app: TestApp, body: object = {}): Promise<string> {
  const answer = await withKey(server, app, 'post', '/trigger').send(body);
  if (answer.status !== 202) {
    throw new Error(`The trigger was answered ${answer.status}: ${answer.text}`);
  }
  return answer.body.check_id;
}
