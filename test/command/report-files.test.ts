import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { lstat, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type ScenarioHost, startScenarioHost } from '../helpers/action/action-scenario.ts';
import { runCheck, startCheck } from '../helpers/action/command-process.ts';

let host: ScenarioHost;
beforeAll(async () => {
  host = await startScenarioHost();
});
afterEach(() => host.closeAll());
afterAll(() => host.stop());

const SHOP = {
  '/': '<h1>Shop</h1><a href="/pricing">Pricing</a>',
  '/pricing': '<h1>Pricing</h1>',
};

describe('report files', () => {
  test('are written to the paths of the options, in new folders', async () => {
    const scenario = await host.open({ pages: SHOP });
    const record = await runCheck(scenario, {
      args: ['--report-file', 'report.json', '--junit-file', './junit.xml'],
    });
    expect(JSON.parse(record.reportFile)).toMatchObject({
      status: 'finished',
      conclusion: 'success',
      check: { counts: { total: 2 } },
    });
    expect(record.junitFile).toContain('<testsuites name="Qassandra" tests="2" failures="0" errors="0"');
  });

  test('are removed if they are of an earlier run and this run has none', async () => {
    const scenario = await host.open({
      rules: [{ on: /trigger$/, faults: [{ kind: 'answer', status: 404 }] }],
    });
    const folder = await mkdtemp(join(tmpdir(), 'qassandra-reports-'));
    const stale = join(folder, 'junit.xml');
    await writeFile(stale, '<testsuites/>');
    const record = await runCheck(scenario, { args: ['--junit-file', stale] });
    expect(record.exitCode).toBe(1);
    expect(existsSync(stale)).toBe(false);
    await rm(folder, { recursive: true });
  });

  test.each([
    ['no key', { QASSANDRA_API_KEY: '' }, ['--if-no-key', 'skip'], 0],
    ['a wrong option', {}, ['--timeout-minutes', 'x'], 1],
  ])('are removed if they are of an earlier run and this run has %s', async (_, env, args, exitCode) => {
    const folder = await mkdtemp(join(tmpdir(), 'qassandra-reports-'));
    const stale = join(folder, 'junit.xml');
    await writeFile(stale, '<testsuites/>');
    const record = await runCheck(await host.open(), { env, args: ['--junit-file', stale, ...args] });
    expect(record.exitCode).toBe(exitCode);
    expect(existsSync(stale)).toBe(false);
    await rm(folder, { recursive: true });
  });

  test('are written to a device, also by a link, and the device stays', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'qassandra-reports-'));
    const link = join(folder, 'link');
    await symlink('/dev/null', link);
    const record = await runCheck(await host.open(), { args: ['--report-file', link] });
    expect(record).toMatchObject({ exitCode: 0, stderr: '' });
    expect((await lstat(link)).isSymbolicLink()).toBe(true);
    await rm(folder, { recursive: true });
  });

  test('are refused at the path of a folder, pipe, link to a file or the same file, which stays', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'qassandra-reports-'));
    const link = join(folder, 'link');
    await writeFile(join(folder, 'target'), 'mine');
    await symlink(join(folder, 'target'), link);
    await symlink(join(folder, 'not-there'), join(folder, 'nowhere'));
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const scenario = await host.open();
    const refuse = async (...args: string[]) => {
      const record = await runCheck(scenario, { args });
      expect(record.exitCode).toBe(1);
      return record.stderr;
    };
    for (const path of [link, folder, pipe, join(folder, 'nowhere')]) {
      const told = '`--report-file` cannot be written (it is a folder, a pipe or a link to a file)';
      expect(await refuse('--report-file', path)).toContain(told);
    }
    expect(await refuse('--report-file', 'a/../x', '--junit-file', './x')).toContain('name the same file');
    expect(await readFile(link, 'utf8')).toBe('mine');
    expect(scenario.proxy.requests).toEqual([]);
    await rm(folder, { recursive: true });
  });

  test('fail the command before any request if they cannot be written', async () => {
    const scenario = await host.open();
    const record = await runCheck(scenario, { args: ['--junit-file', '/dev/null/junit.xml'] });
    expect(record.exitCode).toBe(1);
    expect(record.stderr).toMatch(/^`--junit-file` cannot be written \(E\w+: /);
    expect(scenario.proxy.requests).toEqual([]);
  });

  test('cause a warning if their folder is deleted in the meantime, and the check counts', async () => {
    const { promise: isGone, resolve: goOn } = Promise.withResolvers<void>();
    const scenario = await host.open({
      pages: { '/': { body: '<a href="https://github.com/acme/shop">Source</a>', until: isGone } },
    });
    const command = await startCheck(scenario, { args: ['--junit-file', 'reports/junit.xml'] });
    await scenario.proxy.waitFor(/wait=/);
    await rm(join(command.folder, 'reports'), { recursive: true });
    goOn();
    const record = await command.ended;
    expect(record.exitCode).toBe(0);
    expect(record.stderr).toMatch(/^Warning: The report reports\/junit\.xml was not written: ENOENT: /);
  });

  test('cause a warning if a folder replaces one in the meantime, and the other is written', async () => {
    const { promise: isThere, resolve: goOn } = Promise.withResolvers<void>();
    const scenario = await host.open({
      pages: { '/': { body: '<a href="https://github.com/acme/shop">Source</a>', until: isThere } },
    });
    const args = ['--report-file', 'report.json', '--junit-file', 'junit.xml'];
    const command = await startCheck(scenario, { args });
    await scenario.proxy.waitFor(/wait=/);
    await mkdir(join(command.folder, 'report.json'));
    goOn();
    const record = await command.ended;
    expect(record.exitCode).toBe(0);
    expect(record.stderr).toMatch(/^Warning: The report report\.json was not written: EISDIR: /);
    expect(record.junitFile).toContain('<testsuites');
  });
});
