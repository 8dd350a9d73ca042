import type { OpenElements } from './open-elements.ts';

/** "Loading…" and a name, but not a sentence or two. */
const MAX_SHELL_CHARACTERS = 100;

/** Elements whose text a reader with scripts does not see. */
const UNSEEN_ELEMENTS = ['script', 'style', 'title', 'noscript', 'template', 'textarea', 'iframe'];

/** Tells a page that scripts fill in: it has scripts, and no links and nearly no text of its own. */
export class ShellDetector {
  #hasScript = false;
  #hasLink = false;
  #characters = 0;

  get isShell(): boolean {
    return this.#hasScript && this.isUndecided;
  }

  /** Whether the page can still be one. */
  get isUndecided(): boolean {
    return !this.#hasLink && this.#characters <= MAX_SHELL_CHARACTERS;
  }

  addScript(): void {
    this.#hasScript = true;
  }

  /** A link to a place of the page itself, as "Skip to content", leads nowhere else. */
  addLink(href: string): void {
    this.#hasLink ||= !href.trim().startsWith('#');
  }

  addText(text: string, elements: OpenElements): void {
    if (!UNSEEN_ELEMENTS.some((name) => elements.has(name))) {
      this.#characters += text.replace(/\s+/g, '').length;
    }
  }
}
