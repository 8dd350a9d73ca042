/** Returns `text` with at most `limit` UTF-16 units, never cut inside a character. */
export function cutText(text: string, limit: number): string {
  return text.slice(0, limit).replace(/[\uD800-\uDBFF]$/, '');
}

/**
 * Makes text from outside (the server, a tested page) one harmless line of the log. The runner runs a line that starts
 * with `::` as a command, and `##[` anywhere in a line; Azure's agent does so with `##vso[`, TeamCity with
 * `##teamcity[`. Control and direction characters could hide a command, or the text after them.
 */
export function toLogText(text: string, limit = 1000): string {
  const line = text
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]+/gu, ' ')
    .replace(/##(?=\w*\[)/g, '## ')
    .replace(/^\s*::/, ': :')
    .trim();
  return line.length > limit ? `${cutText(line, limit - 1)}…` : line;
}

/**
 * Makes text from outside safe for the job summary and comments, which are HTML within Markdown: Markdown would
 * interpret pipes and backticks. GitHub notifies the people named in the resulting text, so an `@` is separated from
 * its name.
 */
export function toSummaryText(text: string, limit = 1000): string {
  return toSummaryAttribute(text, limit).replaceAll('@', '@<!-- -->');
}

/** The same for an attribute in double quotes. */
export function toSummaryAttribute(text: string, limit: number): string {
  return toLogText(text, limit)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('|', '&#124;')
    .replaceAll('`', '&#96;');
}

/** Formats a count: `1 flow`, `2 flows`. */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
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
