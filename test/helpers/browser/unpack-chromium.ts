import { chmod, chown, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Unpacks the Chromium of the npm package `@sparticuz/chromium` into the folder that its argument names. A program of
 * its own, since the package unpacks into the temporary folder of its process. Built in another folder, then renamed
 * into place: an interrupted build is never used, and of two programs at once the later one changes nothing.
 */
async function main(folder: string): Promise<void> {
  const workshop = await mkdtemp(`${folder}-`);
  try {
    process.env.TMPDIR = workshop;
    const { default: chromium, inflate } = await import('@sparticuz/chromium');
    await chromium.executablePath();
    // The libraries that Chromium needs and that a bare system does not have.
    const main = fileURLToPath(import.meta.resolve('@sparticuz/chromium'));
    await inflate(join(dirname(main), '..', 'bin', 'al2023.tar.br'));
    await writeFile(join(workshop, 'fonts.conf'), describeFonts(folder));
    await openToOthers(workshop);
    await rename(workshop, folder).catch((error: unknown) => {
      if (!isTaken(error)) {
        throw error;
      }
    });
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}

/** The fonts of the system, if it has any, and those of the package. */
function describeFonts(folder: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${folder}/fonts</dir>
</fontconfig>
`;
}

/** As root, another user runs the browser. The archives name owners that mean somebody else on this machine. */
async function openToOthers(folder: string): Promise<void> {
  for (const name of await readdir(folder, { recursive: true })) {
    await chown(join(folder, name), process.getuid?.() ?? 0, process.getgid?.() ?? 0);
  }
  await chmod(join(folder, 'chromium'), 0o755);
  await chmod(folder, 0o755);
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOTEMPTY' || error.code === 'EEXIST');
}

await main(process.argv[2] ?? '');
