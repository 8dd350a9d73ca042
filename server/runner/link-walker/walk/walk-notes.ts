import { showAddress, showPath } from '../page-url.ts';

/** What is true of pages, links or files of a walk, and is told in one sentence for all of them. */
export interface WalkNotes {
  /** `count` is how many there are at this URL. Call it once for each URL. */
  add(note: Note, href: string, count?: number): void;
  has(note: Note): boolean;
  /** Adds a sentence of its own about one asset. */
  addSentence(sentence: string): void;
  /** A sentence for each note, in the order of the table below. */
  list(): string[];
}

export type Note = keyof typeof SENTENCES;

interface Sentence {
  /** Written after `1`. */
  readonly one: string;
  /** Written after any other number. */
  readonly many: string;
  readonly advice?: string;
  /** Whether the links lead to other sites. */
  readonly isExternal?: boolean;
}

const SENTENCES = {
  shell: {
    one: 'page is built by script, so only its shell was checked',
    many: 'pages are built by script, so only their shells were checked',
    advice: 'The check did not see what scripts add, including links.',
  },
  cut: {
    one: 'page is larger than the limit, so its end was not checked',
    many: 'pages are larger than the limit, so their ends were not checked',
  },
  'left out': {
    one: 'reference of a page was not checked, because it is too long or there are too many',
    many: 'references of pages were not checked, because they are too long or too many',
  },
  'excluded by default': {
    one: 'link was not followed because it looks like a log-out or delete link',
    many: 'links were not followed because they look like log-out or delete links',
    advice: "See exclude in the app's check settings.",
  },
  excluded: {
    one: "page was not opened because the app's settings exclude it",
    many: "pages were not opened because the app's settings exclude them",
  },
  'not included': {
    one: "page was not opened because the app's settings do not include it",
    many: "pages were not opened because the app's settings do not include them",
  },
  'targets not kept': {
    one: 'page has too many link targets, so links to them were not checked',
    many: 'pages have too many link targets, so links to them were not checked',
  },
  'undecided links': {
    one: 'link to another site could not be checked, because that site answers a check differently than a visitor',
    many: 'links to other sites could not be checked, because those sites answer a check differently than a visitor',
    isExternal: true,
  },
  'private links': {
    one: 'link to another site was not tried, because it leads to a private or special address',
    many: 'links to other sites were not tried, because they lead to private or special addresses',
    isExternal: true,
  },
  'external links left out': {
    one: 'link to another site was not tried, because there are too many',
    many: 'links to other sites were not tried, because there are too many',
    isExternal: true,
  },
} as const satisfies Record<string, Sentence>;

interface Noted {
  readonly count: number;
  /** At how many URLs. */
  readonly urls: number;
  readonly named: readonly string[];
}

/** So many of each note are named. */
const NAMED = 3;
const NAMED_CHARACTERS = 100;

export function createWalkNotes(): WalkNotes {
  const noted = new Map<string, Noted>();
  const sentences: string[] = [];
  let more = 0;
  return {
    add(note, href, count = 1) {
      const { count: before, urls, named } = noted.get(note) ?? { count: 0, urls: 0, named: [] };
      // The first in the alphabet: in whatever order pages end, two checks of an app say the same.
      const first = [...named, shorten(href, SENTENCES[note])].toSorted().slice(0, NAMED);
      noted.set(note, { count: before + count, urls: urls + 1, named: first });
    },
    has: (note) => noted.has(note),
    addSentence(sentence) {
      if (sentences.length < NAMED) {
        sentences.push(sentence);
      } else {
        more += 1;
      }
    },
    list: () => [
      ...Object.entries(SENTENCES).flatMap(([note, sentence]) => {
        const entry = noted.get(note);
        return entry === undefined ? [] : [write(sentence, entry)];
      }),
      ...sentences,
      ...(more === 0
        ? []
        : [`The same is true of ${more.toLocaleString('en')} more images, scripts and styles.`]),
    ],
  };
}

function write({ one, many, advice }: Sentence, { count, urls, named }: Noted): string {
  const number = count.toLocaleString('en');
  const names = `${named.join(', ')}${urls > named.length ? ', …' : ''}`;
  return [`${number} ${count === 1 ? one : many}: ${names}.`, advice ?? []].flat().join(' ');
}

function shorten(href: string, { isExternal = false }: Sentence): string {
  const url = new URL(href);
  const path = isExternal ? showAddress(url) : showPath(url);
  return path.length <= NAMED_CHARACTERS ? path : `${path.slice(0, NAMED_CHARACTERS)}…`;
}
