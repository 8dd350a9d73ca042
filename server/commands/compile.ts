import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * Loads the server once and ends it, so that Node caches the compiled TypeScript where `npm start` looks for it. Part
 * of `npm ci` (`prepare`): the first start then takes as little time and memory as later ones. A failure must not fail
 * the installation: `npm start` reports the problem.
 */
for (const main of ['../main.ts', 'runner.ts', '../runner/main.ts']) {
  spawnSync(process.execPath, [fileURLToPath(new URL(main, import.meta.url)), '--version'], {
    env: { ...process.env, NODE_COMPILE_CACHE: 'node_modules/.cache/node' },
    stdio: 'ignore',
  });
}
