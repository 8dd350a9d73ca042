import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { findBrowser } from '../helpers/browser/find-browser.ts';
import { launchBrowser } from '../helpers/browser/launch.ts';

const isShipped = process.platform === 'linux' && process.arch === 'x64';

/** The users that the processes of this program run as, on Linux. */
function listUsers(program: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const isOne = readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith(program);
        return isOne ? [statSync(`/proc/${pid}`).uid] : [];
      } catch {
        // It has ended by now.
        return [];
      }
    });
}

const isLinuxRoot = process.platform === 'linux' && process.getuid?.() === 0;

/** As in all tests of the dashboard. */
jest.setTimeout(120_000);

describe('the browser of the tests', () => {
  const given = process.env.CHROMIUM_PATH;
  let browser: Browser | undefined;
  afterEach(async () => {
    await browser?.close();
    browser = undefined;
    if (given === undefined) {
      delete process.env.CHROMIUM_PATH;
    } else {
      process.env.CHROMIUM_PATH = given;
    }
  });

  (isShipped ? test : test.skip)(
    'is the one that npm ci brings, and needs no library of the system',
    async () => {
      delete process.env.CHROMIUM_PATH;
      const { executablePath, env } = findBrowser();
      expect(executablePath).toContain('qassandra-chromium-');
      const { stdout } = spawnSync('ldd', [executablePath], {
        encoding: 'utf8',
        env: { ...process.env, ...env },
      });
      for (const library of ['libnss3', 'libnspr4', 'libexpat']) {
        expect(stdout).toMatch(new RegExp(`${library}\\.so.* => ${env.LD_LIBRARY_PATH}/`));
      }
      browser = await launchBrowser();
      const page = await browser.newPage();
      await page.setContent('<h1>Hello</h1>');
      const box = await page.getByRole('heading').boundingBox();
      // Text without any font has no height.
      expect(box?.height).toBeGreaterThan(10);
    },
  );

  (isLinuxRoot ? test : test.skip)('does not run as root', async () => {
    browser = await launchBrowser();
    const users = listUsers(findBrowser().executablePath);
    expect(users.length).toBeGreaterThan(0);
    expect(users).not.toContain(0);
  });

  test('is named in the error when CHROMIUM_PATH has no file', () => {
    process.env.CHROMIUM_PATH = '/no/such/browser';
    expect(findBrowser).toThrow('CHROMIUM_PATH is /no/such/browser, and there is no such file.');
  });
});
