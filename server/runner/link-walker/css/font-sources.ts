/** What browsers in use read; `woff2` comes first in practice. Formats of the past are skipped by all of them. */
const READ_FORMATS = /^(woff2?|truetype|opentype|collection)(-variations)?$/;
const READ_TECHNOLOGIES = /^(features-(opentype|aat)|variations|color-(colrv0|colrv1|sbix|cbdt)|palettes)$/;

/** The alternatives of the `src` of one `@font-face`, of which a browser loads the first that it can read. */
export class FontSources {
  /** The first that a browser can read; `null` when there is none. */
  chosen: string | null = null;
  #href: string | null = null;
  #isRead = true;

  addUrl(href: string): void {
    this.#href ??= href;
    // Browsers do not load the format of old Internet Explorers, which came without `format()`.
    this.#isRead &&= !/\.eot$/i.test(href);
  }

  /** Of `format("woff2")` or `format(woff2)`, in lower case. */
  addFormat(format: string): void {
    this.#isRead &&= READ_FORMATS.test(format);
  }

  /** Of `tech(color-COLRv1)`, in lower case. */
  addTechnology(technology: string): void {
    this.#isRead &&= READ_TECHNOLOGIES.test(technology);
  }

  /** Call it at each comma and at the end. */
  endAlternative(): void {
    if (this.#isRead) {
      this.chosen ??= this.#href;
    }
    this.#href = null;
    this.#isRead = true;
  }
}
