const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** `APP` of a path, as parameters of a statement: at most one is set, and neither where no app has such a name. */
export interface AppReference {
  readonly id: string | null;
  readonly alias: string | null;
}

export function isUuid(value: string): boolean {
  return UUID.test(value);
}

/** An id of a path; one of another form than a UUID is no different from an unknown one. */
export function parseId(id: string): string | null {
  return isUuid(id) ? id.toLowerCase() : null;
}

export function parseAppReference(app: string): AppReference {
  if (isUuid(app)) {
    return { id: app, alias: null };
  }
  return { id: null, alias: /^[a-z0-9-]{2,40}$/.test(app) ? app : null };
}
