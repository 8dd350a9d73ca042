export const ALIAS_LENGTH = 40;

/**
 * Makes an alias from a name: its letters without accents, and hyphens for everything else. It may be empty or too
 * short for an alias. The dashboard offers it, and the server uses it if no alias is given.
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
