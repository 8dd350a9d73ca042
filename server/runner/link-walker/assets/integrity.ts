import { createHash, type Hash } from 'node:crypto';

/** The weakest first. */
const ALGORITHMS = ['sha256', 'sha384', 'sha512'] as const;

type Algorithm = (typeof ALGORITHMS)[number];

/** The digests of one file in base64. */
export type Digests = Readonly<Record<Algorithm, string>>;

/** Takes the digests of a file while it is read. */
export class Digester {
  readonly #hashes: readonly Hash[] = ALGORITHMS.map((algorithm) => createHash(algorithm));

  update(bytes: Uint8Array): void {
    for (const hash of this.#hashes) {
      hash.update(bytes);
    }
  }

  digest(): Digests {
    const [sha256 = '', sha384 = '', sha512 = ''] = this.#hashes.map((hash) => hash.digest('base64'));
    return { sha256, sha384, sha512 };
  }
}

const EXPRESSION = /^(sha256|sha384|sha512)-([a-z\d+/_-]+={0,2})(?:\?.*)?$/i;

/**
 * Whether a browser accepts a file for an `integrity` attribute: one digest of the strongest algorithm must be right. What is
 * no digest of an algorithm that it knows is ignored.
 */
export function meetsIntegrity(integrity: string, digests: Digests): boolean {
  const wanted = integrity.split(/[\t\n\f\r ]+/).flatMap((expression) => {
    const [, written = '', digest = ''] = EXPRESSION.exec(expression) ?? [];
    const algorithm = ALGORITHMS.find((name) => name === written.toLowerCase());
    return algorithm === undefined ? [] : [{ algorithm, digest: toBase64(digest) }];
  });
  const strongest = ALGORITHMS.findLast((name) => wanted.some(({ algorithm }) => algorithm === name));
  if (strongest === undefined) {
    return true;
  }
  const right = toBase64(digests[strongest]);
  return wanted.some(({ algorithm, digest }) => algorithm === strongest && digest === right);
}

/** Digests may be written as base64 or base64url, with or without `=`. */
function toBase64(digest: string): string {
  return digest.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '');
}
