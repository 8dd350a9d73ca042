const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether `value` has the form of a UUID, in either case. */
export function isUuid(value: string): boolean {
  return UUID.test(value);
}

/** The id in a path, in lower case; `null` if it is not a UUID. Callers treat `null` like an unknown id. */
export function parseId(id: string): string | null {
  return isUuid(id) ? id.toLowerCase() : null;
}
