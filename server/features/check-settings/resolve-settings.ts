import { CheckError, type CheckSettings } from '../../runner/contract.ts';
import { HEADER_VALUE, type RunnerSettings, USER_AGENT } from './schema.ts';
import { findReferences, replaceReferences } from './secret-references.ts';

/** Returns the value of a secret, or throws a `CheckError` that names it. */
export type SecretReader = (name: string) => string;

/** The settings with their secrets. Throws a `CheckError` for a secret that cannot be read or cannot be sent. */
export function resolveSettings(settings: RunnerSettings, read: SecretReader): CheckSettings {
  const { headers, basic_auth, user_agent_suffix, ...others } = settings;
  const resolve = (path: string, text: string, form: RegExp) => {
    const resolved = replaceReferences(text, read);
    if (resolved.length > LONGEST || !form.test(resolved)) {
      throw new CheckError(describeUnsendable(settings, path));
    }
    return resolved;
  };
  return {
    ...others,
    ...(headers && {
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [
          name,
          resolve(`headers.${name}`, value, HEADER_VALUE),
        ]),
      ),
    }),
    ...(basic_auth && {
      basic_auth: {
        username: resolve('basic_auth.username', basic_auth.username, USER_NAME),
        password: resolve('basic_auth.password', basic_auth.password, ONE_LINE),
      },
    }),
    ...(user_agent_suffix !== undefined && {
      user_agent_suffix: resolve('user_agent_suffix', user_agent_suffix, USER_AGENT),
    }),
  };
}

/** The same limit as for the setting itself. Servers accept little more, and masking needs a limit. */
const LONGEST = 8_192;
const USER_NAME = /^[^:\p{Cc}]*$/u;
const ONE_LINE = /^\P{Cc}*$/u;

/** The most common reason is the line break at the end of a file. */
function describeUnsendable(settings: RunnerSettings, path: string): string {
  const { references } = findReferences(settings);
  const names = references.filter((reference) => reference.path === path).map(({ name }) => name);
  return `The check setting ${path} cannot be sent with the value of ${names.join(' and ')}: the value has a line break or another character that is not allowed there, or is longer than 8 KiB. Set the secret again.`;
}
