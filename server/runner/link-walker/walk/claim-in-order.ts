import type { Found, PageClaims } from './page-claims.ts';

/** Claims the links of pages in the order of the pages, in whatever order these end. */
export interface ClaimInOrder {
  /** Claims the links of a page that ended, or holds them until all pages before it have ended. */
  take(index: number, found: Found): void;
  /** Whether so many links are held that no further page should be opened. */
  isFull(): boolean;
  /** Claims all that is held: no further page will end. */
  finish(): void;
}

export interface ClaimInOrderOptions {
  readonly claims: PageClaims;
  /** The page whose links are to be claimed first. */
  readonly first: number;
}

/** Of all links that are held, in characters. */
const MOST_HELD = 8_000_000;
/** What a link takes beside its characters. */
const LINK_SIZE = 100;

export function claimInOrder({ claims, first }: ClaimInOrderOptions): ClaimInOrder {
  const held = new Map<number, Found>();
  let heldSize = 0;
  let next = first;

  function claim(index: number, found: Found): void {
    const page = claims.pages[index];
    if (page !== undefined) {
      claims.claim(page, found);
    }
    held.delete(index);
    heldSize -= sizeOf(found);
  }

  return {
    take(index, found) {
      held.set(index, found);
      heldSize += sizeOf(found);
      for (let entry = held.get(next); entry !== undefined; entry = held.get(next)) {
        claim(next, entry);
        next += 1;
      }
    },
    isFull: () => heldSize > MOST_HELD,
    finish() {
      for (const [index, found] of [...held].toSorted(([a], [b]) => a - b)) {
        claim(index, found);
      }
    },
  };
}

function sizeOf({ links }: Found): number {
  return links.reduce((size, { href, key }) => size + href.length + key.length + LINK_SIZE, 0);
}
