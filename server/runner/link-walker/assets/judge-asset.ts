import type { Asset, AssetKind } from '../parse-page.ts';
import { type Digests, meetsIntegrity } from './integrity.ts';
import type { Sniffed } from './sniff.ts';

/** What is known of a file that arrived. */
export interface AssetFacts {
  /** Of `Content-Type`, in lower case and without parameters; empty when there is none. */
  readonly type: string;
  /** Whether `X-Content-Type-Options: nosniff` was sent. */
  readonly isNosniff: boolean;
  readonly sniffed: Sniffed;
  /** Whether the server said with its status that there is no content. */
  readonly hasNoContent: boolean;
  /** `null` when it was not read to its end, or is of a kind that has no integrity. */
  readonly digests: Digests | null;
}

const JAVASCRIPT =
  /^(application|text)\/(x-)?(java|ecma)script$|^text\/(javascript1\.[0-5]|jscript|livescript)$/;
/** What browsers do not run as a classic script, whatever is in it. */
const NEVER_SCRIPT = /^((audio|image|video)\/.*|text\/csv)$/;
const TEXT = /^(text\/.*|application\/(json|xml|xhtml\+xml|problem\+json))$/;
const NOUNS: Readonly<Record<AssetKind, string>> = {
  image: 'an image',
  script: 'JavaScript',
  module: 'JavaScript',
  style: 'CSS',
  font: 'a font',
  media: 'audio or video',
  manifest: 'a manifest',
  object: '',
  preload: '',
};

type Judge = (facts: AssetFacts) => string | null;

const JUDGES: Readonly<Record<AssetKind, Judge>> = {
  script: judgeScript,
  module: judgeModule,
  style: judgeStyle,
  image: judgeImage,
  font: judgeFont,
  manifest: ({ sniffed }) => (sniffed === 'empty' ? 'is empty' : null),
  media: () => null,
  // Both may be anything, also HTML. What is preloaded is judged where it is used.
  object: () => null,
  preload: () => null,
};

/** Why a browser could not use the file, written after its name; `null` when it could. */
export function judgeAsset({ kind, integrity }: Asset, facts: AssetFacts): string | null {
  if (isHtml(kind, facts)) {
    return `is HTML (${facts.type || 'without a Content-Type'}), not ${NOUNS[kind]}`;
  }
  const reason = JUDGES[kind](facts);
  if (reason !== null || integrity === undefined || facts.digests === null) {
    return reason;
  }
  return meetsIntegrity(integrity, facts.digests) ? null : 'does not match its integrity attribute';
}

/** The page that a single-page app answers for each path that it does not have. */
function isHtml(kind: AssetKind, { sniffed }: AssetFacts): boolean {
  return sniffed === 'html' && NOUNS[kind] !== '';
}

function judgeScript({ type, isNosniff }: AssetFacts): string | null {
  if (NEVER_SCRIPT.test(type)) {
    return `was sent as ${type}, which browsers do not run`;
  }
  if (isNosniff && !JAVASCRIPT.test(type)) {
    return `was sent ${asType(type)} with "nosniff", so browsers do not run it`;
  }
  return null;
}

function judgeModule({ type }: AssetFacts): string | null {
  if (JAVASCRIPT.test(type) || type === 'application/wasm') {
    return null;
  }
  return `was sent ${asType(type)}; browsers run modules as text/javascript only`;
}

/** Without a type browsers take it as CSS. In quirks mode they take other types, too; few pages are left that have it. */
function judgeStyle({ type, isNosniff }: AssetFacts): string | null {
  if (type === 'text/css' || (type === '' && !isNosniff)) {
    return null;
  }
  return `was sent ${asType(type)}; browsers need text/css`;
}

/** The bytes decide, not the type; but SVG is an image only as `image/svg+xml`, and nothing else is. */
function judgeImage({ type, sniffed, hasNoContent }: AssetFacts): string | null {
  const isSvgType = type === 'image/svg+xml';
  if (sniffed === 'empty') {
    // Counting pixels answer without content, and nobody misses the image.
    return hasNoContent ? null : 'is empty';
  }
  if (sniffed === 'svg') {
    return isSvgType ? null : `is SVG, but was sent ${asType(type)}; browsers need image/svg+xml`;
  }
  if (sniffed === 'image') {
    return isSvgType ? `was sent as ${type}, and is another image` : null;
  }
  return TEXT.test(type) ? `was sent as ${type}, and is no image` : null;
}

function judgeFont({ type, sniffed }: AssetFacts): string | null {
  if (sniffed === 'empty') {
    return 'is empty';
  }
  return sniffed !== 'font' && TEXT.test(type) ? `was sent as ${type}, and is no font` : null;
}

function asType(type: string): string {
  return type === '' ? 'without a Content-Type' : `as ${type}`;
}
