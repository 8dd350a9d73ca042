import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import ignore from '@balena/dockerignore';

/** Tells whether `docker build` sends a path, relative to the folder of the Dockerfile, to the build. */
export function createContextFilter(dockerignore: string): (path: string) => boolean {
  return ignore.default().add(dockerignore).createFilter();
}

/** The files of `folder` that `docker build` gets. Does not look into folders that no pattern lets through. */
export function listBuildContext(folder: string, dockerignore: string): string[] {
  const isSent = createContextFilter(dockerignore);
  const exceptions = dockerignore
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1));
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => isSent(name) || exceptions.some((path) => path.startsWith(`${name}/`)))
    .flatMap((entry) => (entry.isDirectory() ? listFiles(folder, entry.name) : [entry.name]))
    .filter(isSent);
}

function listFiles(folder: string, below: string): string[] {
  return readdirSync(join(folder, below), { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}
