import { unescape as decodePercent } from 'node:querystring';

/** More than real pages have. */
const MAX_TARGETS = 20_000;
const MAX_CHARACTERS = 500_000;

/** The ids and `a name`s of a page, while they are not more than a page may have. */
export class FragmentTargets {
  readonly #targets = new Set<string>();
  #characters = 0;

  add(target: string | undefined): void {
    if (target !== undefined && target !== '' && !this.#isFull) {
      this.#targets.add(target);
      this.#characters += target.length;
    }
  }

  /** `null` when there are too many: what is missing in some of them says nothing. */
  get all(): ReadonlySet<string> | null {
    return this.#isFull ? null : this.#targets;
  }

  get #isFull(): boolean {
    return this.#targets.size > MAX_TARGETS || this.#characters > MAX_CHARACTERS;
  }
}

/**
 * Whether a fragment, as written, leads to one of `targets` or to the top of the page, by the HTML standard's "find
 * the indicated part". `#/path` and `#!path` are routes of a script, which cannot be judged here.
 */
export function hasTarget(targets: ReadonlySet<string>, fragment: string): boolean {
  // A browser strips a text directive, as in `#:~:text=prices`, before it looks for the rest.
  const [written = ''] = fragment.replace(/[\t\n\r]/g, '').split(':~:', 1);
  if (written === '' || /^[/!]/.test(written)) {
    return true;
  }
  const decoded = decodePercent(written);
  return targets.has(written) || targets.has(decoded) || decoded.toLowerCase() === 'top';
}
