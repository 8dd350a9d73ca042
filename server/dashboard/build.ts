import { execFileSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/**
 * Builds the pages into `dist`: hashed files that browsers may keep for ever. Nothing is inlined, since the
 * Content-Security-Policy forbids it. Part of `npm ci` (`prepare`), so that the first start has the pages. Without the
 * development dependencies there is no build tool; that must not fail the installation.
 * `--source-maps FOLDER` builds the same files into another folder, with source maps beside them.
 */
async function buildDashboard(): Promise<void> {
  const { values } = parseArgs({ options: { 'source-maps': { type: 'string' } } });
  const mapped = values['source-maps'];
  const vite = await import('vite').catch(() => undefined);
  if (!vite) {
    console.warn('The dashboard is not built: that needs the development dependencies.');
    return;
  }
  const { default: react } = await import('@vitejs/plugin-react');
  await vite.build({
    root: fileURLToPath(new URL('.', import.meta.url)),
    configFile: false,
    logLevel: 'warn',
    plugins: [react()],
    build: {
      // Hidden: a comment in the scripts would give them other names than those that are served.
      ...(mapped !== undefined && { outDir: mapped, sourcemap: 'hidden' as const }),
      emptyOutDir: true,
      // The packages in the pages and their licences; test/repository/dependencies.test.ts reads the file.
      license: { fileName: 'licenses.json' },
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
    },
  });
  if (mapped === undefined) {
    // For routes.ts. Beside the pages: in their scripts, each commit would give them other names.
    await writeFile(new URL('dist/commit.txt', import.meta.url), findCommit());
  }
}

/** The commit of these sources, from the environment or from Git; empty where neither knows it. */
function findCommit(): string {
  const { SOURCE_COMMIT: given = '' } = process.env;
  if (given !== '') {
    return given;
  }
  const root = fileURLToPath(new URL('../../', import.meta.url));
  try {
    const args = ['rev-parse', 'HEAD', '--show-toplevel'];
    const output = execFileSync('git', args, {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [commit = '', top = ''] = output.split('\n');
    // A copy without history may lie in somebody else's repository.
    return realpathSync(top) === realpathSync(root) ? commit : '';
  } catch {
    return '';
  }
}

await buildDashboard();
