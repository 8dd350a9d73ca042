import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type ScenarioHost, startScenarioHost } from '../../helpers/action/action-scenario.ts';
import {
  COMMENTS,
  EMPTY_LIST,
  LIST,
  listCalls,
  markerOf,
  onPullRequest,
  someone,
} from '../../helpers/action/pull-request.ts';
import type { FaultRule } from '../../helpers/network/fault-proxy.ts';
import { refusal } from '../../helpers/stand-ins/github.ts';

let host: ScenarioHost;
beforeAll(async () => {
  host = await startScenarioHost();
});
afterEach(() => host.closeAll());
afterAll(() => host.stop());

/** Other jobs and people write, delete and refuse between this job's reads and writes. */
describe('the comment of a pull request', () => {
  test('stays one if two jobs create a comment at the same moment', async () => {
    // Neither job finds a comment in its first search, and both have created one before the second.
    const scenario = await host.open();
    const github = await host.openGitHub({
      together: { on: /^POST/, count: 2 },
      rules: [{ on: /^GET/, faults: [EMPTY_LIST, EMPTY_LIST] }],
    });
    const records = await Promise.all([
      scenario.run(onPullRequest(github)),
      scenario.run(onPullRequest(github)),
    ]);
    expect(records.map(({ exitCode, warnings }) => [exitCode, warnings])).toEqual([
      [0, []],
      [0, []],
    ]);
    expect(github.comments.map(({ id }) => id)).toEqual([1001]);
    expect(listCalls(github).filter((line) => line.startsWith('POST'))).toHaveLength(2);
    expect(listCalls(github)).toContain('DELETE /repos/octo-org/shop/issues/comments/1002');
  });

  test('is created again if someone deletes it between search and update', async () => {
    const rules: FaultRule[] = [];
    const github = await host.openGitHub({ rules });
    const scenario = await host.open();
    github.comments.push(someone(7, `${markerOf(scenario)}\nOld`, 'MEMBER'));
    const deleteAll = (listed: string): string => {
      github.comments.length = 0;
      return listed;
    };
    rules.push({ on: /^GET/, faults: [{ kind: 'rewrite', body: deleteAll }] });
    const record = await scenario.run(onPullRequest(github));
    expect(record).toMatchObject({ exitCode: 0, warnings: [] });
    expect(github.comments).toMatchObject([
      { user: { type: 'Bot' }, body: expect.stringContaining('success') },
    ]);
  });

  test.each([
    ['its comment is gone', refusal(404, 'Not Found'), ''],
    [
      'GitHub refuses to change its comment',
      refusal(403, 'No.'),
      'was written. Another job may have written one',
    ],
  ])('stays if another job was first and %s', async (_, answer, told) => {
    const github = await host.openGitHub({
      rules: [
        { on: /^GET/, faults: [EMPTY_LIST] },
        { on: /^PATCH/, faults: [answer] },
      ],
    });
    const scenario = await host.open();
    github.comments.push(someone(7, `${markerOf(scenario)}\nOther`, 'MEMBER'));
    const record = await scenario.run(onPullRequest(github));
    expect(record).toMatchObject({ exitCode: 0, warnings: [] });
    expect(record.stdout).toContain(told);
    expect(github.comments[1]?.body).toContain('success');
  });

  test('stays one if GitHub does not list it at once', async () => {
    const github = await host.openGitHub({ rules: [{ on: /^GET/, faults: ['pass', EMPTY_LIST] }] });
    const record = await (await host.open()).run(onPullRequest(github));
    expect(record).toMatchObject({ exitCode: 0, warnings: [] });
    expect(listCalls(github)).toEqual([LIST, `POST ${COMMENTS}`, LIST]);
  });

  test('stays if the step cannot verify afterwards that it is the only one', async () => {
    const forbidden = refusal(403, 'Resource not accessible by integration');
    const github = await host.openGitHub({ rules: [{ on: /^GET/, faults: ['pass', forbidden] }] });
    const scenario = await host.open();
    const record = await scenario.run(onPullRequest(github));
    expect(record).toMatchObject({ exitCode: 0, warnings: [] });
    expect(record.stdout).toContain(
      'The comment on the pull request was written. Another job may have written one',
    );
    expect(github.comments).toHaveLength(1);
  });
});
