import type { ChosenSettings } from './schema.ts';

/** A place in the settings that may hold secrets. */
export interface SecretPlace {
  /** As in an error about the input: `headers.x-api-key`. */
  readonly path: string;
  readonly text: string;
}

export interface SecretReference {
  readonly path: string;
  readonly name: string;
}

/** What stands between double braces. White space at its ends does not count. */
const REFERENCE = /\{\{([^{}]*)\}\}/g;
const NAME = /^[A-Z_][A-Z0-9_]{0,99}$/;

/** All texts of the settings that may refer to secrets. */
export function listSecretPlaces({ headers, basic_auth, user_agent_suffix }: ChosenSettings): SecretPlace[] {
  return [
    ...Object.entries(headers ?? {}).map(([name, text]) => ({ path: `headers.${name}`, text })),
    ...Object.entries(basic_auth ?? {}).map(([name, text]) => ({ path: `basic_auth.${name}`, text })),
    ...(user_agent_suffix === undefined ? [] : [{ path: 'user_agent_suffix', text: user_agent_suffix }]),
  ];
}

/** Each reference once, and what looks like one without being one. */
export function findReferences(settings: ChosenSettings) {
  const found = listSecretPlaces(settings).flatMap(({ path, text }) =>
    [...new Set([...text.matchAll(REFERENCE)].map(([, name = '']) => name.trim()))].map((name) => ({
      path,
      name,
    })),
  );
  return {
    references: found.filter(({ name }) => NAME.test(name)),
    malformed: found.filter(({ name }) => !NAME.test(name)),
  };
}

/** The text with what `read` returns for each name in the place of its reference. */
export function replaceReferences(text: string, read: (name: string) => string): string {
  return text.replace(REFERENCE, (_, name: string) => read(name.trim()));
}
