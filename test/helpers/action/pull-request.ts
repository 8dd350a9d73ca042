import type { Fault } from '../network/fault-proxy.ts';
import { type GitHub, TOKEN } from '../stand-ins/github.ts';
import type { ActionOptions } from './action-process.ts';
import type { Scenario } from './action-scenario.ts';
import { recordedEvent } from './events.ts';

/** The address of the pull request's comments at GitHub, and of the action's request for them. */
export const COMMENTS = '/repos/octo-org/shop/issues/2/comments';
export const LIST = `GET ${COMMENTS}?per_page=100`;

export const BROKEN_SHOP = {
  '/': '<h1>Shop</h1><a href="/pricing">Pricing</a>',
  '/pricing': { status: 500, body: 'Oops' },
};

/** A step on pull request 2, whose commit's message is known, so that the action asks GitHub for comments only. */
export function onPullRequest(github: GitHub, { inputs = {}, env = {} }: Partial<ActionOptions> = {}) {
  return {
    inputs: { comment: 'true', 'github-token': TOKEN, 'commit-message': 'Known', ...inputs },
    event: { name: 'pull_request', payload: recordedEvent('pull_request') },
    env: { GITHUB_API_URL: github.url, ...env },
  };
}

/** Returns the start of a comment of the scenario's app. */
export function markerOf({ app }: Scenario): string {
  return `<!-- qassandra-check app=${app.id} -->`;
}

/** Lists the requests to GitHub, as `GET /path`. */
export function listCalls(github: GitHub): string[] {
  return github.requests.map(({ method, path }) => `${method} ${path}`);
}

/** Creates a comment on pull request 2 that was not made by a workflow. */
export function someone(id: number, body: string, association = 'NONE') {
  return {
    id,
    issue: 2,
    body,
    user: { login: 'someone', type: 'User' },
    author_association: association,
  } as const;
}

/** The answer for a pull request without comments. */
export const EMPTY_LIST: Fault = {
  kind: 'answer',
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: '[]',
};
