import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type LaunchOptions } from 'playwright-core';
import { findBrowser } from './find-browser.ts';

/** The features that Playwright disables itself: the browser obeys only the last flag with such a list. */
const DISABLED_BY_PLAYWRIGHT = [
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsUpgrades',
  'HttpsFirstBalancedModeAutoEnable',
  'LensOverlay',
  'MediaRouter',
  'PaintHolding',
  'ThirdPartyStoragePartitioning',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'OptimizationHints',
  'NetworkTimeServiceQuerying',
  'AimEnabled',
  'PreconnectToSearch',
];
/** Hidden pages and processes that Chromium starts for each new window. They took half of a visit's processor time. */
const UNSEEN = [
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
  'WebUIOmniboxFullPopup',
  'SpareRendererForSitePerProcess',
];
/** Playwright's own flags keep the browser from other hosts; QUIC is what they leave out. */
const FLAGS = [
  '--disable-quic',
  // An origin that is not localhost, for what browsers only allow there or with HTTPS.
  '--host-resolver-rules=MAP plain.test 127.0.0.1',
  `--disable-features=${[...DISABLED_BY_PLAYWRIGHT, ...UNSEEN].join(',')}`,
];

/**
 * Starts the browser, in its sandbox wherever the system allows one: most containers do not. Chromium refuses its sandbox
 * to root, so as root it runs as the user `nobody`.
 */
export async function launchBrowser(): Promise<Browser> {
  const { executablePath, env } = findBrowser();
  const wrapper = process.getuid?.() === 0 ? createWrapper(executablePath) : undefined;
  const options: LaunchOptions = {
    executablePath: wrapper?.path ?? executablePath,
    args: FLAGS,
    env: { ...process.env, ...env },
  };
  try {
    return await chromium.launch({ ...options, chromiumSandbox: true }).catch((error: unknown) => {
      if (String(error).includes('sandbox')) {
        return chromium.launch({ ...options, chromiumSandbox: false });
      }
      throw error;
    });
  } finally {
    wrapper?.remove();
  }
}

const NOBODY = 65_534;

/** A program that hands the profile's folder to `nobody` and runs the browser as that user. */
function createWrapper(executablePath: string): { readonly path: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'qassandra-browser-'));
  const path = join(folder, 'browser');
  const script = `#!/bin/sh
for option; do
  case $option in --user-data-dir=*) HOME=\${option#*=}; chown ${NOBODY}:${NOBODY} "$HOME" ;; esac
done
export HOME
exec setpriv --reuid=${NOBODY} --regid=${NOBODY} --clear-groups -- '${executablePath}' "$@"
`;
  writeFileSync(path, script);
  chmodSync(path, 0o700);
  return { path, remove: () => rmSync(folder, { recursive: true }) };
}
