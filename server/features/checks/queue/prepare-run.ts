import type { Queryable } from '../../../db/pool.ts';
import { CheckError, type CheckSettings, type Runner, type RunTarget } from '../../../runner/contract.ts';
import { resolveSettings } from '../../check-settings/resolve-settings.ts';
import type { RunnerSettings } from '../../check-settings/schema.ts';
import { withholdFromStrangers } from '../../check-settings/trusted-origin.ts';
import type { SecretBox } from '../../secrets/secret-box.ts';
import type { ClaimedCheck } from '../sql/claim-checks.ts';
import { findRunSettings, type StoredSecret } from '../sql/find-run-settings.ts';
import { createMask } from './create-mask.ts';
import { maskRunner } from './mask-runner.ts';

export interface RunPreparation {
  readonly db: Queryable;
  readonly runner: Runner;
  readonly secretBox: SecretBox;
  readonly check: ClaimedCheck;
}

export interface PreparedRun {
  /** Shows no secret in its results and errors. */
  readonly runner: Runner;
  readonly target: RunTarget;
}

/**
 * Reads the check's settings and decrypts the secrets that they refer to. Rejects with a `CheckError` if a secret
 * cannot be used. An app without settings needs no query. Apps have no flows of their own yet.
 */
export async function prepareRun({ db, runner, secretBox, check }: RunPreparation): Promise<PreparedRun> {
  const target: RunTarget = {
    app: { id: check.app_id, url: check.target_url },
    flows: [],
    settings: {},
    discoverFlows: check.discover_flows,
  };
  const found = check.has_settings ? await findRunSettings(db, check.id) : undefined;
  if (found === undefined) {
    return { runner, target };
  }
  const origins = { targetUrl: check.target_url, appUrl: found.app_url };
  const { settings: permitted, warning } = withholdFromStrangers(found.settings, origins);
  const secrets = { stored: found.secrets, appId: check.app_id, secretBox };
  const { settings, values } = resolveRunSettings(permitted, secrets);
  const warned = warning === undefined ? runner : warnFirst(runner, warning);
  return {
    runner: values.length === 0 ? warned : maskRunner(warned, createMask(values)),
    target: { ...target, settings },
  };
}

function warnFirst(runner: Runner, warning: string): Runner {
  return {
    async *run(target, options) {
      yield { warning };
      yield* runner.run(target, options);
    },
  };
}

interface Resolved {
  readonly settings: CheckSettings;
  /** Values that no output may show. */
  readonly values: readonly string[];
}

interface AppSecrets {
  readonly stored: readonly StoredSecret[];
  readonly appId: string;
  readonly secretBox: SecretBox;
}

function resolveRunSettings(settings: RunnerSettings, { stored, appId, secretBox }: AppSecrets): Resolved {
  const byName = new Map(stored.map((secret) => [secret.name, secret]));
  const read = new Map<string, string>();
  const resolved = resolveSettings(settings, (name) => {
    const value = read.get(name) ?? openSecret(byName.get(name), { appId, name, secretBox });
    read.set(name, value);
    return value;
  });
  const { basic_auth } = resolved;
  // In the form that is sent, so that its base64 is masked too.
  const credentials = basic_auth ? [`${basic_auth.username}:${basic_auth.password}`] : [];
  const values = [...read.values()];
  return { settings: resolved, values: values.length === 0 ? [] : [...values, ...credentials] };
}

function openSecret(
  stored: StoredSecret | undefined,
  { appId, name, secretBox }: { appId: string; name: string; secretBox: SecretBox },
): string {
  if (stored === undefined) {
    throw new CheckError(
      `The check settings refer to the secret ${name}, which the app does not have. Set it, or remove {{${name}}} from the settings.`,
    );
  }
  const { key_id, nonce, ciphertext } = stored;
  const sealed = {
    key_id,
    nonce: Buffer.from(nonce, 'base64'),
    ciphertext: Buffer.from(ciphertext, 'base64'),
  };
  const value = secretBox.open({ appId, name }, sealed);
  if (value === undefined) {
    throw new CheckError(
      `The secret ${name} cannot be read: it was encrypted with a key that this runner does not have, or it was changed in the database. Start the runner with the ENCRYPTION_KEY of the server, or set the secret again.`,
    );
  }
  return value;
}
