import request from 'supertest';
import { generateApiKey } from '../../../server/auth/keys/api-key.ts';
import { createChecksum } from '../../../server/auth/keys/api-key-form.ts';
import type { Queryable } from '../../../server/db/pool.ts';
import { type CountedApp, type CountedAppOptions, createCountedApp } from './counted-app.ts';

/**
 * An instance with limits of its own, called as through a trusted proxy. A test sets the limits that it
 * needs.
 */
export interface LimitedInstance extends CountedApp {
  /** Sends a GET request, with a key that does not exist by default. */
  ask(ip: string, apiKey?: string, path?: string): Promise<request.Response>;
  /** Fails to authenticate `times` times, one after the other, and returns the statuses. */
  fail(ip: string, times: number): Promise<number[]>;
}

export interface LimitedInstanceOptions extends Omit<CountedAppOptions, 'env'> {
  readonly db: Queryable;
  /** The path of requests by default. */
  readonly path: string;
  readonly perAddress?: number;
  readonly perKeyStart?: number;
}

export function createLimitedInstance(options: LimitedInstanceOptions): LimitedInstance {
  const { db, path: usualPath, perAddress = 0, perKeyStart = 0, ...rest } = options;
  const env = {
    TRUST_PROXY: 'true',
    FAILED_AUTH_LIMIT_PER_ADDRESS: String(perAddress),
    FAILED_AUTH_LIMIT_PER_KEY_START: String(perKeyStart),
  };
  const instance = createCountedApp(db, { ...rest, env });
  const ask = async (ip: string, apiKey = generateApiKey(), path = usualPath) =>
    request(instance.app).get(path).set('Authorization', `Bearer ${apiKey}`).set('X-Forwarded-For', ip);
  return {
    ...instance,
    ask,
    async fail(ip, times) {
      const statuses: number[] = [];
      while (statuses.length < times) {
        statuses.push((await ask(ip)).status);
      }
      return statuses;
    },
  };
}

/** A valid key with the given start that does not exist on the server. */
export function generateKeyWith(start: string): string {
  const body = start + generateApiKey().slice(start.length, -6);
  return body + createChecksum(body);
}

let addresses = 0;

/** An address that no other test of the file uses, so it has no failures yet. */
export function createAddress(): string {
  addresses += 1;
  return `198.51.100.${addresses}`;
}
