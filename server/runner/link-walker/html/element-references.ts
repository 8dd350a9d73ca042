import { MAX_REFERENCES, type Reference } from '../reference-list.ts';
import type { Attributes } from './attributes.ts';
import { kindsOfLink } from './link-references.ts';
import { parseRefresh } from './parse-refresh.ts';
import { scriptKind } from './script-kind.ts';
import { parseSrcset } from './srcset.ts';

/** Where an element is. */
export interface Surroundings {
  /** Whether the element is of SVG. */
  readonly isSvg: boolean;
  /** Whether the element is in one of this name, at any depth. */
  isWithin(name: string): boolean;
}

type FindReferences = (attributes: Attributes, surroundings: Surroundings) => Reference[];

const background: FindReferences = (attributes) => refer('image', attributes.get('background'));

const HTML_ELEMENTS: ReadonlyMap<string, FindReferences> = new Map<string, FindReferences>([
  ['a', (attributes) => refer('link', attributes.get('href'))],
  ['area', (attributes) => refer('link', attributes.get('href'))],
  ['iframe', referencesOfFrame],
  ['frame', referencesOfFrame],
  ['meta', referencesOfMeta],
  ['link', referencesOfLink],
  ['script', (attributes) => referencesOfScript(attributes, attributes.get('src'))],
  ['img', referencesOfImage],
  ['input', referencesOfInput],
  ['source', referencesOfSource],
  ['video', referencesOfVideo],
  ['audio', (attributes) => refer('media', attributes.get('src'))],
  ['track', (attributes) => refer('media', attributes.get('src'))],
  ['object', (attributes, surroundings) => referencesOfObject(attributes.get('data'), surroundings)],
  ['embed', (attributes, surroundings) => referencesOfObject(attributes.get('src'), surroundings)],
  ['body', background],
  ['table', background],
  ['thead', background],
  ['tbody', background],
  ['tfoot', background],
  ['tr', background],
  ['th', background],
  ['td', background],
]);

/** `use` with a fragment alone refers to the page itself. */
const SVG_ELEMENTS: ReadonlyMap<string, FindReferences> = new Map<string, FindReferences>([
  ['a', (attributes) => refer('link', svgHref(attributes))],
  ['image', (attributes) => refer('image', svgHref(attributes))],
  ['feimage', (attributes) => refer('image', svgHref(attributes))],
  ['use', (attributes) => refer('image', svgHref(attributes))],
  ['script', (attributes) => referencesOfScript(attributes, svgHref(attributes) ?? attributes.get('src'))],
]);

/** Of the attributes, those that `findReferences` reads. */
export const REFERENCE_ATTRIBUTES: ReadonlySet<string> = new Set(
  'as background content data disabled href http-equiv imagesrcset integrity language nomodule poster rel src srcdoc srcset type xlink:href'.split(
    ' ',
  ),
);

/** Whether `findReferences` can find any in elements of this name. */
export function mayRefer(element: string): boolean {
  return HTML_ELEMENTS.has(element) || SVG_ELEMENTS.has(element);
}

/**
 * What an element refers to, except by its style, in the order of its attributes in this file. Not more than a page
 * may have, and one.
 */
export function findReferences(
  element: string,
  attributes: Attributes,
  surroundings: Surroundings,
): Reference[] {
  // An HTML element in SVG ends it in a browser, and is loaded as anywhere else.
  const find = (surroundings.isSvg ? SVG_ELEMENTS.get(element) : undefined) ?? HTML_ELEMENTS.get(element);
  return find?.(attributes, surroundings) ?? [];
}

/** A missing or empty attribute refers to nothing. */
function refer(kind: Reference['kind'], href: string | undefined): Reference[] {
  return href === undefined || href.trim() === '' ? [] : [{ kind, href }];
}

function referAll(srcset = ''): Reference[] {
  return parseSrcset(srcset, MAX_REFERENCES + 1).map((href) => ({ kind: 'image', href }));
}

function svgHref(attributes: Attributes): string | undefined {
  return attributes.get('href') ?? attributes.get('xlink:href');
}

/** `srcdoc` holds the frame's page itself. */
function referencesOfFrame(attributes: Attributes): Reference[] {
  return attributes.has('srcdoc') ? [] : refer('link', attributes.get('src'));
}

function referencesOfMeta(attributes: Attributes): Reference[] {
  if (!/^refresh$/i.test(attributes.get('http-equiv') ?? '')) {
    return [];
  }
  return refer('link', parseRefresh(attributes.get('content') ?? '') ?? undefined);
}

function referencesOfLink(attributes: Attributes): Reference[] {
  const integrity = integrityOf(attributes);
  return kindsOfLink(attributes).flatMap((kind) => {
    const srcset = kind === 'preload' ? attributes.get('imagesrcset') : undefined;
    if (srcset !== undefined) {
      return referAll(srcset).map((reference) => ({ ...reference, kind }));
    }
    const isChecked = kind === 'style' || kind === 'module' || kind === 'preload';
    return refer(kind, attributes.get('href')).map((reference) => ({
      ...reference,
      ...(isChecked ? integrity : {}),
    }));
  });
}

function referencesOfScript(attributes: Attributes, href: string | undefined): Reference[] {
  const kind = scriptKind(attributes);
  const integrity = integrityOf(attributes);
  return kind === null ? [] : refer(kind, href).map((reference) => ({ ...reference, ...integrity }));
}

function integrityOf(attributes: Attributes): Pick<Reference, 'integrity'> {
  const integrity = attributes.get('integrity') ?? '';
  return integrity.trim() === '' ? {} : { integrity };
}

function referencesOfImage(attributes: Attributes): Reference[] {
  return [...refer('image', attributes.get('src')), ...referAll(attributes.get('srcset'))];
}

function referencesOfInput(attributes: Attributes): Reference[] {
  return /^image$/i.test(attributes.get('type') ?? '') ? refer('image', attributes.get('src')) : [];
}

function referencesOfSource(attributes: Attributes, surroundings: Surroundings): Reference[] {
  if (surroundings.isWithin('video') || surroundings.isWithin('audio')) {
    return refer('media', attributes.get('src'));
  }
  return surroundings.isWithin('picture') ? referAll(attributes.get('srcset')) : [];
}

function referencesOfVideo(attributes: Attributes): Reference[] {
  return [...refer('media', attributes.get('src')), ...refer('image', attributes.get('poster'))];
}

/** Within another one, it is only loaded when that one cannot be shown. */
function referencesOfObject(href: string | undefined, surroundings: Surroundings): Reference[] {
  const isFallback = ['object', 'video', 'audio'].some((name) => surroundings.isWithin(name));
  return isFallback ? [] : refer('object', href);
}
