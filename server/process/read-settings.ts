import { distance } from 'fastest-levenshtein';
import { type Config, parseConfig, SETTING_NAMES } from '../config.ts';

/** Reads the settings of this process. Prints a line for each variable whose name looks like a mistyped setting. */
export function readSettings(): Config {
  for (const { given, meant } of findMistypedSettings(Object.keys(process.env))) {
    console.error(`${given}: did you mean ${meant}? There is no setting ${given}, so it has no effect.`);
  }
  return parseConfig(process.env);
}

/** Finds names that are close to a setting's name, but are not settings. */
export function findMistypedSettings(names: readonly string[]) {
  return names.flatMap((given) => {
    const meant = SETTING_NAMES.includes(given)
      ? undefined
      : SETTING_NAMES.find((name) => isClose(given.toUpperCase(), name));
    return meant === undefined ? [] : [{ given, meant }];
  });
}

/**
 * With more, short names would be taken for those of other programs: RUNNER_OS of GitHub for RUNNERS, HOME for HOST.
 */
const LONG_NAME = 9;

function isClose(given: string, name: string): boolean {
  return (
    distance(given, name) <= (name.length < LONG_NAME ? 1 : 2) || sortLetters(given) === sortLetters(name)
  );
}

function sortLetters(name: string): string {
  return [...name].sort().join('');
}
