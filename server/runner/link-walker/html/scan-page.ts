import { Tokenizer } from 'htmlparser2';
import { scanStylesheet } from '../css/scan-stylesheet.ts';
import { type ListedReference, ReferenceList } from '../reference-list.ts';
import { TimeSlices } from '../time-slices.ts';
import { PageScanner } from './page-scanner.ts';

export interface PageReferences {
  /**
   * Each once, in the page's order, those of its styles last; also those in `noscript`: this runner runs no scripts.
   */
  readonly references: readonly ListedReference[];
  /** The `href` of the first `<base>` that has one; `null` when there is none. */
  readonly base: string | null;
  /** How many references were left out because they are too long, or too many. */
  readonly leftOut: number;
  /** What the fragments of links can lead to; `null` when fragments were not asked for, or there are too many. */
  readonly targets: ReadonlySet<string> | null;
  /** Whether the page is one that scripts fill in. */
  readonly isShell: boolean;
}

export interface ScanPageOptions {
  readonly signal: AbortSignal;
  /** Whether the fragments of links and their targets are kept. */
  readonly fragments?: boolean;
}

/** A few milliseconds of work. */
const CHUNK_CHARACTERS = 32 * 1024;

/**
 * Reads what a page refers to, as written, in time proportional to its size. Rejects with the reason of `signal` when
 * that is aborted.
 */
export async function scanPage(
  html: string,
  { signal, fragments = false }: ScanPageOptions,
): Promise<PageReferences> {
  const slices = new TimeSlices(signal);
  if (html.length > CHUNK_CHARACTERS) {
    // Each page that is begun in this turn of the event loop would have a slice of it.
    await slices.next();
  }
  const list = new ReferenceList({ fragments });
  const scanner = new PageScanner(html, { list, fragments });
  const tokenizer = new Tokenizer({ decodeEntities: false }, scanner);
  for (let start = 0; start < html.length; start += CHUNK_CHARACTERS) {
    tokenizer.write(html.slice(start, start + CHUNK_CHARACTERS));
    if (slices.isOver()) {
      await slices.next();
    }
  }
  tokenizer.end();
  const { base, targets, isShell } = scanner;
  for (const { css, isAttribute } of scanner.styles) {
    await scanStylesheet(css, { isAttribute, list, slices });
    if (slices.isOver()) {
      await slices.next();
    }
  }
  return { references: list.references, leftOut: list.leftOut, base, targets, isShell };
}
