import { readdirSync, readFileSync } from 'node:fs';
import { NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';

/** GitHub reports an invalid workflow only when it runs, and the one for releases runs rarely. */

const root = new URL('../../', import.meta.url);
const readText = (path: string) => readFileSync(new URL(path, root), 'utf8');

const OURS = readdirSync(new URL('.github/workflows/', root)).map((name) => `.github/workflows/${name}`);

const PAGES = [
  'README.md',
  'docs/action.md',
  'docs/dashboard.md',
  'docs/preview-deployments.md',
  'docs/when-to-run.md',
];

/** Only whole workflows: pages show parts of some, too. */
const SHOWN = PAGES.flatMap((page) =>
  [...readText(page).matchAll(/```yaml\n(.+?)```/gs)]
    .map(([, text = '']) => text)
    .filter((text) => /^on:/m.test(text) && /^jobs:/m.test(text))
    .map((text, index) => ({ name: `${page}, ${index + 1}.`, text })),
);

const WORKFLOWS = [...OURS.map((name) => ({ name, text: readText(name) })), ...SHOWN];

const permissionsSchema = z.record(z.string(), z.enum(['read', 'write', 'none']));
const workflowSchema = z.object({
  permissions: permissionsSchema,
  jobs: z.record(
    z.string(),
    z.object({
      'timeout-minutes': z.number().optional(),
      permissions: permissionsSchema.optional(),
      steps: z.array(z.object({ run: z.string().optional(), uses: z.string().optional() })),
    }),
  ),
});

function listErrors(name: string, content: string): string[] {
  const { context } = parseWorkflow({ name, content }, new NoOperationTraceWriter());
  return context.errors.getErrors().map(({ message }) => message);
}

test('GitHub’s own parser refuses an invalid workflow', () => {
  const errors = listErrors('x.yml', 'on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uze: y\n');
  expect(errors.join()).toContain("Unexpected value 'uze'");
});

test('all workflows of this repository and of its pages are found', () => {
  expect(OURS.length).toBeGreaterThanOrEqual(8);
  expect(SHOWN.length).toBeGreaterThanOrEqual(8);
});

test('the pages name the action by one commit, since no release is tagged', () => {
  const used = PAGES.flatMap((page) =>
    [...readText(page).matchAll(/uses: (qassandra\/qassandra@.*)/g)].map(([, use = '']) => use),
  );
  expect(used.length).toBeGreaterThanOrEqual(10);
  expect(new Set(used).size).toBe(1);
  expect(used[0]).toMatch(/@[0-9a-f]{40} # no release is tagged yet$/);
});

test.each(WORKFLOWS)('GitHub’s own parser accepts $name', ({ name, text }) => {
  expect(listErrors(name, text)).toEqual([]);
});

describe.each(OURS)('%s', (name) => {
  const text = readText(name);
  const { permissions, jobs } = workflowSchema.parse(parse(text));

  test('grants nothing to the workflow as a whole, and lists the permissions of each job', () => {
    expect(permissions).toEqual({});
    for (const job of Object.values(jobs)) {
      expect(job.permissions).toBeDefined();
    }
  });

  test('limits the time of every job', () => {
    for (const job of Object.values(jobs)) {
      expect(job['timeout-minutes']).toBeLessThanOrEqual(60);
    }
  });

  test('pins third-party actions to a commit, with the version beside it', () => {
    const used = [...text.matchAll(/uses: (.+)/g)].map(([, use = '']) => use);
    for (const use of used) {
      expect(use).toMatch(/^(\.\/|[\w-]+\/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$)/);
    }
  });

  test('puts no expression into a script, since its value would run as code', () => {
    const scripts = Object.values(jobs).flatMap(({ steps }) => steps.map(({ run = '' }) => run));
    expect(scripts.filter((script) => script.includes('${{'))).toEqual([]);
  });
});
