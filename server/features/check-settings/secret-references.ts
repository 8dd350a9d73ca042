import type { ChosenSettings } from './schema.ts';

/** A place in the settings that may contain secrets. */
export interface SecretPlace {
  /** As in an error about the input: `headers.x-api-key`. */
  readonly path: string;
  readonly text: string;
}

export interface SecretReference {
  readonly path: string;
  readonly name: string;
}

/** The text between double braces, without white space at its ends. */
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

/** Each reference once, and texts that look like references but are not. */
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

/** The text with each reference replaced by what `read` returns for its name. */
export function replaceReferences(text: string, read: (name: string) => string): string {
  return text.replace(REFERENCE, (_, name: string) => read(name.trim()));
}
