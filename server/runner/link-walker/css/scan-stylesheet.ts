import type { ReferenceList } from '../reference-list.ts';
import type { TimeSlices } from '../time-slices.ts';
import { CssTokens } from './css-tokens.ts';
import { StylesheetScanner } from './stylesheet-scanner.ts';

/** To look at the clock after each token would take as long as the token. */
const TOKENS_A_STEP = 64;

export interface ScanStylesheetOptions {
  /** Whether the text is that of a `style` attribute. */
  readonly isAttribute?: boolean;
  /** Takes what is found, in the stylesheet's order. */
  readonly list: ReferenceList;
  readonly slices: TimeSlices;
}

/** Finds what a stylesheet loads, in time proportional to its size. */
export async function scanStylesheet(
  css: string,
  { isAttribute = false, list, slices }: ScanStylesheetOptions,
): Promise<void> {
  const onReference = list.add.bind(list);
  const scanner = new StylesheetScanner(new CssTokens(css), { isAttribute, onReference });
  let tokens = 0;
  while (scanner.step()) {
    tokens += 1;
    if (tokens % TOKENS_A_STEP === 0 && slices.isOver()) {
      await slices.next();
    }
  }
  if (scanner.isTooDeep) {
    list.leftOut += 1;
  }
}
