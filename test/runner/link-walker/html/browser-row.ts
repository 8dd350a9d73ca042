/** A page, what is loaded for it, and where a browser and the walker differ on purpose. Paths are relative. */
export interface BrowserRow {
  readonly page: string;
  /** What both load, separated by spaces. */
  readonly both?: string;
  readonly walkerAlone?: string;
  readonly browserAlone?: string;
  /** What a browser loads or leaves, by what it comes to first. */
  readonly browserMay?: string;
  /** Why they differ. */
  readonly because?: string;
  /** Stylesheets that the page loads, by path. */
  readonly files?: Readonly<Record<string, string>>;
  /** Whether the page's links are loaded with it: frames, and what a refresh leads to. */
  readonly hasFrames?: boolean;
}

export const CONDITIONS = 'the reader may have another screen, printer or setting';
export const ALTERNATIVES = 'other browsers or screens choose another of the alternatives';
