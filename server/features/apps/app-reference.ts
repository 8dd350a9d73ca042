import { isUuid } from '../../http/ids.ts';

/** `APP` of a path, as parameters of a statement: at most one is set, and neither where no app can have that name. */
export interface AppReference {
  readonly id: string | null;
  readonly alias: string | null;
}

/** Reads `APP` of a path, which is the UUID of an app or its alias. */
export function parseAppReference(app: string): AppReference {
  if (isUuid(app)) {
    return { id: app, alias: null };
  }
  return { id: null, alias: /^[a-z0-9-]{2,40}$/.test(app) ? app : null };
}
