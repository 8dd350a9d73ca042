import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { findTestPort } from '../../helpers/network/test-port.ts';
import { type Scrape, scrape } from '../../helpers/observe/scrape.ts';
import { startTestServer, type TestServer } from '../../helpers/server/server.ts';

const FOLDER = new URL('../../../docs/operations/', import.meta.url);

/** All text under `expr`, `query` or `definition`, however deep. */
function findExpressions(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) {
    return [];
  }
  return Object.entries(node).flatMap(([key, value]) =>
    ['expr', 'query', 'definition'].includes(key) && typeof value === 'string'
      ? [value]
      : findExpressions(value),
  );
}

/** The metrics in an expression: names with one of these prefixes, outside of quotes. */
function findNames(expression: string): string[] {
  return expression.replaceAll(/"[^"]*"/g, '').match(/\b(qassandra|process|nodejs)_\w+/g) ?? [];
}

describe('the dashboard and the alerts', () => {
  let server: TestServer;
  let real: Scrape;
  beforeAll(async () => {
    const port = await findTestPort();
    server = await startTestServer({ env: { METRICS_PORT: String(port) } });
    real = await scrape(port);
  });
  afterAll(() => server.stop());

  test.each([
    ['grafana-dashboard.json', 15],
    ['alerts.yml', 8],
  ])('name only metrics of a real scrape: %s', async (file, atLeast) => {
    const text = await readFile(new URL(file, FOLDER), 'utf8');
    const named = new Set(findExpressions(parse(text)).flatMap(findNames));
    expect(named.size).toBeGreaterThanOrEqual(atLeast);
    expect([...named].filter((name) => !real.names.has(name))).toEqual([]);
  });

  test('are documented: each alert, and each metric of ours', async () => {
    const readme = await readFile(new URL('README.md', FOLDER), 'utf8');
    const alerts = (await readFile(new URL('alerts.yml', FOLDER), 'utf8')).matchAll(/alert: (\w+)/g);
    const ours = [...real.text.matchAll(/^# TYPE (qassandra_\w+)/gm)];
    for (const [, name] of [...alerts, ...ours]) {
      expect(readme).toContain(`\`${name}\``);
    }
    expect(ours.length).toBeGreaterThan(15);
  });
});
