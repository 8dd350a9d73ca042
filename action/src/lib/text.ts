/** `text` with at most `limit` UTF-16 units, never cut within a character. */
export function cutText(text: string, limit: number): string {
  return text.slice(0, limit).replace(/[\uD800-\uDBFF]$/, '');
}

/**
 * Text from outside (the server, a tested page) as one harmless line of the log. The runner takes a line that
 * starts with `::` for a command, and so it does `##[` anywhere in a line, as Azure's agent does `##vso[` and
 * TeamCity's `##teamcity[`; control and direction characters could hide any, or what follows.
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
 * Text from outside for the job summary and comments, which are HTML within Markdown: pipes and backticks are
 * Markdown's. GitHub looks for people to notify in the text that comes out, so an `@` is kept from its name.
 */
export function toSummaryText(text: string, limit = 1000): string {
  return toSummaryAttribute(text, limit).replaceAll('@', '@<!-- -->');
}

/** The same for an attribute, between double quotes. */
export function toSummaryAttribute(text: string, limit: number): string {
  return toLogText(text, limit)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('|', '&#124;')
    .replaceAll('`', '&#96;');
}

/** `1 flow`, `2 flows`. */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** A duration as a person would say it: `840 ms`, `12.3 s`, `2 min 5 s`. */
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
