export const ALIAS_LENGTH = 40;

/**
 * The alias that a name suggests: its letters without their marks, and hyphens for all else. May be empty, or too
 * short to be one. The dashboard offers it, and the server takes it where none is given.
 */
export function proposeAlias(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{Mark}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, ALIAS_LENGTH)
    .replace(/-+$/, '');
}
