import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * Loads the server once and lets it go, so that what Node makes of its TypeScript is kept where `npm start` looks
 * for it. Part of `npm ci` (`prepare`): the first start then takes as little time and memory as all later ones. One
 * that fails must not fail the installation, and says at the start what is wrong.
 */
spawnSync(process.execPath, [fileURLToPath(new URL('../main.ts', import.meta.url)), '--version'], {
  env: { ...process.env, NODE_COMPILE_CACHE: 'node_modules/.cache/node' },
  stdio: 'ignore',
});
