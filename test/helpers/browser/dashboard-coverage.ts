import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { runJest } from '../jest/run-jest.ts';

/**
 * Runs the tests of the dashboard and prints what of its sources the browser reached: lines, and places within
 * lines, such as the branches of a condition. Chromium itself counts, in the served scripts; the source maps
 * come from a second build into a temporary folder, which is the same but for them.
 */

const root = join(import.meta.dirname, '..', '..', '..');
const dashboard = join(root, 'server', 'dashboard');
const sources = join(dashboard, 'src');
const temporary = mkdtempSync(join(tmpdir(), 'qassandra-coverage-'));
const mapped = join(temporary, 'build');
const reached = join(temporary, 'reached');

/** Places of one source, by line: how many there are, and how many ran. */
type Lines = Map<number, { places: number; ran: number }>;

function readReached(script: string): Uint8Array | undefined {
  return readdirSync(reached)
    .filter((file) => file.startsWith(`${script}.`))
    .map((file) => new Uint8Array(readFileSync(join(reached, file))))
    .reduce<Uint8Array | undefined>(
      (all, one) => all?.map((ran, at) => ran | (one[at] ?? 0)) ?? one,
      undefined,
    );
}

function addScript(files: Map<string, Lines>, script: string): void {
  const assets = join(mapped, 'assets');
  const map = new SourceMap(JSON.parse(readFileSync(join(assets, `${script}.map`), 'utf8')));
  const ran = readReached(script);
  let offset = 0;
  for (const [row, text] of readFileSync(join(assets, script), 'utf8').split('\n').entries()) {
    for (let column = 0; column < text.length; column += 1) {
      const entry = map.findEntry(row, column);
      if (!('originalSource' in entry) || entry.generatedLine !== row || entry.generatedColumn !== column) {
        continue;
      }
      // Code that the bundler wrote itself has no source.
      const lines = files.get(resolve(assets, entry.originalSource ?? ''));
      if (lines) {
        const line = lines.get(entry.originalLine + 1) ?? { places: 0, ran: 0 };
        line.places += 1;
        line.ran += ran?.[offset + column] ?? 0;
        lines.set(entry.originalLine + 1, line);
      }
    }
    offset += text.length + 1;
  }
}

function print(files: ReadonlyMap<string, Lines>): void {
  const total = { lines: 0, linesRan: 0, places: 0, placesRan: 0 };
  console.log(`${'file'.padEnd(42)}  lines  places  not reached (~: in part)`);
  for (const [file, lines] of files) {
    const all = [...lines].sort(([a], [b]) => a - b);
    const sum = {
      lines: all.length,
      linesRan: all.filter(([, { ran }]) => ran > 0).length,
      places: all.reduce((count, [, { places }]) => count + places, 0),
      placesRan: all.reduce((count, [, { ran }]) => count + ran, 0),
    };
    for (const [name, count] of Object.entries(sum)) {
      Object.assign(total, { [name]: Reflect.get(total, name) + count });
    }
    const missing = all
      .filter(([, { places, ran }]) => ran < places)
      .map(([line, { ran }]) => `${ran > 0 ? '~' : ''}${line}`);
    if (sum.lines > 0) {
      printRow(relative(sources, file), sum, missing.join(' '));
    }
  }
  printRow('all', total, '');
}

function printRow(
  name: string,
  {
    lines,
    linesRan,
    places,
    placesRan,
  }: Readonly<Record<'lines' | 'linesRan' | 'places' | 'placesRan', number>>,
  missing: string,
): void {
  const percent = (part: number, all: number) => ((100 * part) / all).toFixed(1).padStart(5);
  console.log(`${name.padEnd(42)}  ${percent(linesRan, lines)}   ${percent(placesRan, places)}  ${missing}`);
}

try {
  const build = [join(dashboard, 'build.ts'), '--source-maps', mapped];
  if (spawnSync(process.execPath, build, { cwd: root, stdio: 'inherit' }).status !== 0) {
    throw new Error('The dashboard could not be built.');
  }
  const [tests = 'test/dashboard', ...options] = process.argv.slice(2);
  if (runJest([tests, ...options], { DASHBOARD_COVERAGE: reached }) !== 0) {
    process.exitCode = 1;
  }
  const files = new Map<string, Lines>(
    globSync('**/*.{ts,tsx}', { cwd: sources })
      .sort()
      .map((file) => [join(sources, file), new Map()]),
  );
  for (const script of readdirSync(join(mapped, 'assets')).filter((file) => file.endsWith('.js'))) {
    addScript(files, script);
  }
  print(files);
} finally {
  rmSync(temporary, { recursive: true });
}
