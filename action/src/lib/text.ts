/** Returns `text` with at most `limit` UTF-16 units, never cut inside a character. */
export function cutText(text: string, limit: number): string {
  return text.slice(0, limit).replace(/[\uD800-\uDBFF]$/, '');
}

/**
 * Invisible characters that no text needs: soft hyphen, grapheme joiner, fillers,
 * zero-width space, word joiner and the like. Kept are the joiners of emoji and of Arabic and Indic scripts, and the
 * marks that put punctuation of right-to-left text in its place.
 */
const INVISIBLE =
  /[\u00AD\u115F\u1160\u200B\u2060-\u2065\u206A-\u206F\u3164\uFEFF\uFFA0\uFFF9-\uFFFB]|\u034F/g;

/** Letters that are written from right to left, and the marks of this direction. */
const RIGHT_TO_LEFT =
  /[\u0590-\u08FF\u200F\uFB1D-\uFDFF\uFE70-\uFEFC\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;

/**
 * Makes text from outside (the server, a tested page) one harmless line of the log. The runner runs a line that starts
 * with `::` as a command, and `##[` anywhere in a line; Azure's agent does so with `##vso[`, TeamCity with
 * `##teamcity[`. Control, direction and invisible characters could hide a command, or the text after them.
 */
export function toLogText(text: string, limit = 1000): string {
  const line = text
    .toWellFormed()
    .replace(INVISIBLE, '')
    .replace(/[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]+/gu, ' ')
    .replace(/##(?=\w*\[)/g, '## ')
    .replace(/^\s*::/, ': :')
    .trim();
  return line.length > limit ? `${cutText(line, limit - 1)}…` : line;
}

/**
 * Markup as a group, then what GitHub turns into something else wherever it stands: a mention, which notifies people; a
 * reference to an issue; an emoji, whose second colon may be what follows the text. An empty comment after their first character prevents this and shows nothing.
 */
const HTML = /([&<>"|`])|@|#(?=\d)|\bGH-(?=\d)|:(?=[\w+-]+:|[a-z][\w+-]*$)/gi;

/** The same in a line of Markdown, where more characters are markup, and addresses become links. */
const MARKDOWN =
  /([&<>"|`\\*_~[\]()!$]|:(?=\/\/)|(?<=\bwww)\.)|@|#(?=\d)|\bGH-(?=\d)|:(?=[\w+-]+:|[a-z][\w+-]*$)/gi;

/**
 * Makes text from outside safe for the job summary and comments, which are HTML within Markdown: Markdown would
 * interpret pipes and backticks.
 */
export function toSummaryText(text: string, limit = 1000): string {
  return isolate(toLogText(text, limit).replace(HTML, escapeMatch));
}

/** The same for a heading, which is Markdown. */
export function toHeadingText(text: string, limit: number): string {
  return isolate(toLogText(text, limit).replace(MARKDOWN, escapeMatch));
}

/** The same for an attribute in double quotes. */
export function toSummaryAttribute(text: string, limit: number): string {
  return toLogText(text, limit).replace(/[&<>"|`]/g, toCharacterReference);
}

/** Right-to-left text would reorder the numbers and signs around it. */
function isolate(markup: string): string {
  return RIGHT_TO_LEFT.test(markup) ? `<span dir="auto">${markup}</span>` : markup;
}

function escapeMatch(match: string, markup: string | undefined): string {
  return markup === undefined ? `${match}<!-- -->` : toCharacterReference(markup);
}

const NAMES: Readonly<Record<string, string>> = {
  '&': 'amp',
  '<': 'lt',
  '>': 'gt',
  '"': 'quot',
  "'": 'apos',
};

/** Returns the reference that HTML and XML have for a character: by its name if it has one. */
export function toCharacterReference(character: string): string {
  return `&${NAMES[character] ?? `#${character.charCodeAt(0)}`};`;
}

/** Formats a count: `1 flow`, `2 flows`. */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Joins the first texts, and counts the others: `a, b, and 3 more`. */
export function listSome(texts: readonly string[], most: number): string {
  const left = texts.length - most;
  return texts.slice(0, most).join(', ') + (left > 0 ? `, and ${left} more` : '');
}

/** Formats a duration for people: `840 ms`, `12.3 s`, `2 min 5 s`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) {
    return `${Math.round(ms)} ms`;
  }
  if (ms < 59_950) {
    return `${(ms / 1000).toFixed(1).replace(/\.0$/, '')} s`;
  }
  const seconds = Math.round(ms / 1000);
  const rest = seconds % 60;
  return `${Math.floor(seconds / 60)} min${rest === 0 ? '' : ` ${rest} s`}`;
}
