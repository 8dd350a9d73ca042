import { accessSync, constants, statSync } from 'node:fs';

const FILE = '.env';

/**
 * Reads settings from the file `.env` of the working directory, if there is one. A variable that is set already stays
 * unchanged. The npm scripts load this before the program (`--import`): other programs, such as the tests, do not read
 * the file. Node's `--env-file-if-exists` would do the same, but prints a line if there is no file.
 */
if (statSync(FILE, { throwIfNoEntry: false })?.isFile()) {
  try {
    // For a file without read permission, Node says that it does not exist.
    accessSync(FILE, constants.R_OK);
    process.loadEnvFile(FILE);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    console.error(
      `The file ${FILE} cannot be read: ${reason}. Make it readable for this user, or remove it.`,
    );
    process.exit(1);
  }
}
