import { showPath } from '../page-url.ts';

/** What is true of pages, links or files of a walk, and is told in one sentence for all of them. */
export interface WalkNotes {
  /** `count` is how many there are at this URL. */
  add(note: Note, href: string, count?: number): void;
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
}

const SENTENCES = {
  'no links': {
    one: 'page was looked at, since the home page has no links to others of the app',
    many: '',
  },
  shell: {
    one: 'page is built by script, so only its shell was checked',
    many: 'pages are built by script, so only their shells were checked',
    advice: 'What a script adds, its links too, was not seen.',
  },
  cut: {
    one: 'page is larger than what is read of a page, so its end was not looked at',
    many: 'pages are larger than what is read of a page, so their ends were not looked at',
  },
  'left out': {
    one: 'reference of a page was not looked at, because it is too long or there are too many',
    many: 'references of pages were not looked at, because they are too long or too many',
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
} as const satisfies Record<string, Sentence>;

/** So many of each note are named. */
const NAMED = 3;
const NAMED_CHARACTERS = 100;

export function createWalkNotes(): WalkNotes {
  const noted = new Map<string, { count: number; readonly named: string[] }>();
  return {
    add(note, href, count = 1) {
      const entry = noted.get(note) ?? { count: 0, named: [] };
      noted.set(note, entry);
      entry.count += count;
      if (entry.named.length < NAMED) {
        entry.named.push(shorten(href));
      }
    },
    list: () =>
      Object.entries(SENTENCES).flatMap(([note, sentence]) => {
        const entry = noted.get(note);
        return entry === undefined ? [] : [write(sentence, entry)];
      }),
  };
}

function write(
  { one, many, advice }: Sentence,
  { count, named }: { count: number; named: string[] },
): string {
  const number = count.toLocaleString('en');
  const names = `${named.join(', ')}${count > named.length ? ', …' : ''}`;
  return [`${number} ${count === 1 ? one : many}: ${names}.`, advice ?? []].flat().join(' ');
}

function shorten(href: string): string {
  const path = showPath(new URL(href));
  return path.length <= NAMED_CHARACTERS ? path : `${path.slice(0, NAMED_CHARACTERS)}…`;
}
