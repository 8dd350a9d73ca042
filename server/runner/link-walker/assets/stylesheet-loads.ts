import { parseStylesheet } from '../css/parse-stylesheet.ts';
import { decodeStylesheet } from '../http/decode-stylesheet.ts';
import type { Asset } from '../parse-page.ts';
import type { ArrivedAsset, FetchedAsset } from './fetch-asset.ts';

/** An asset without its text, and with what it loads when it is a stylesheet. */
export type ReadAsset =
  | Exclude<FetchedAsset, ArrivedAsset>
  | (Omit<ArrivedAsset, 'url' | 'css' | 'contentType'> & {
      readonly loads: readonly Asset[];
      /** Of a stylesheet; `null` for everything else. */
      readonly charset: string | null;
    });

const NONE: readonly Asset[] = [];

/** Of all URLs in the stylesheets of a walk, which are kept for all pages. */
const MAX_KEPT_CHARACTERS = 4_000_000;

/** Reads the stylesheets of one walk, each once. */
export class StylesheetLoads {
  #kept = 0;
  #leftOut = 0;

  /**
   * `environment` is the charset of the page or stylesheet that loads it first. Never rejects: what is not read before
   * `signal` aborts is late.
   */
  async read(
    fetched: FetchedAsset,
    { environment, signal }: { readonly environment: string; readonly signal: AbortSignal },
  ): Promise<ReadAsset> {
    if (fetched.kind !== 'arrived') {
      return fetched;
    }
    const { url, css, contentType, ...arrived } = fetched;
    if (css === null || arrived.facts.sniffed === 'html') {
      return { ...arrived, loads: NONE, charset: null };
    }
    try {
      const { text, charset } = await decodeStylesheet(css, { contentType, environment, signal });
      const { assets, leftOut } = await parseStylesheet(text, url, signal);
      this.#leftOut += leftOut;
      return { ...arrived, loads: this.#keep(assets), charset };
    } catch (error) {
      if (!signal.aborted) {
        throw error;
      }
      return { kind: 'failed', reason: 'could not be read in time' };
    }
  }

  /** How much was left out since this was asked last. */
  takeLeftOut(): number {
    const leftOut = this.#leftOut;
    this.#leftOut = 0;
    return leftOut;
  }

  #keep(assets: readonly Asset[]): Asset[] {
    const kept: Asset[] = [];
    for (const asset of assets) {
      if (this.#kept + asset.href.length > MAX_KEPT_CHARACTERS) {
        this.#leftOut += 1;
      } else {
        this.#kept += asset.href.length;
        kept.push(asset);
      }
    }
    return kept;
  }
}
