import type { CheckSettings, CheckSettingsInput } from '../../../features/check-settings/schema.ts';
import { Problem } from '../api/client.ts';
import type { FieldFaults } from '../ui/forms/form-failure.tsx';

/** The form's text of settings, and the settings of the form's text. */

export function toLines(patterns: readonly string[]): string {
  return patterns.join('\n');
}

/** One `Name: value` a line, as HTTP writes them. */
export function toHeaderLines(headers: CheckSettings['headers']): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');
}

const NUMBERS = [
  'max_pages',
  'time_limit_seconds',
  'page_timeout_seconds',
  'requests_at_once',
  'max_depth',
] as const;
const SWITCHES = ['external_links', 'fragments', 'links'] as const;

/** What the form holds, as the server takes it. What is no number is sent as it is: the server says what is wrong with it. */
export function readSettings(given: FormData): CheckSettingsInput {
  const text = (name: string) => String(given.get(name) ?? '').trim();
  const numbers = NUMBERS.filter((name) => text(name) !== '').map((name) => [name, toNumber(text(name))]);
  const switches = SWITCHES.map((name) => [name, given.has(name)]);
  const [username, password] = [text('username'), text('password')];
  return {
    ...Object.fromEntries(numbers),
    ...Object.fromEntries(switches),
    include: fromLines(text('include')),
    exclude: fromLines(text('exclude')),
    trusted_origins: fromLines(text('trusted_origins')),
    headers: Object.fromEntries(fromLines(text('headers')).map(splitHeader)),
    basic_auth: username === '' && password === '' ? null : { username, password },
    user_agent_suffix: text('user_agent_suffix') || null,
  };
}

function toNumber(text: string): number | string {
  return /^\d+$/.test(text) ? Number(text) : text;
}

function fromLines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function splitHeader(line: string): [string, string] {
  const colon = line.indexOf(':');
  return colon === -1 ? [line, ''] : [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
}

/** The form's name of a field of which the server names a part. */
const FIELD_OF: Readonly<Record<string, string>> = {
  'basic_auth.username': 'username',
  'basic_auth.password': 'password',
  basic_auth: 'password',
};

/** What is wrong with each field of the form. A part of a field is named: `line 2 must not be empty`. */
export function getSettingsFaults(error: Error | null): FieldFaults {
  const fields = error instanceof Problem ? Object.entries(error.fields) : [];
  return Object.fromEntries(
    fields.map(([path, message]) => {
      const [field = '', ...rest] = path.split('.');
      const part = rest.join('.');
      const own = FIELD_OF[path] ?? field;
      return [own, own === field && part !== '' ? `(${describePart(part)}) ${message}` : message];
    }),
  );
}

function describePart(part: string): string {
  return /^\d+$/.test(part) ? `line ${Number(part) + 1}` : part;
}
