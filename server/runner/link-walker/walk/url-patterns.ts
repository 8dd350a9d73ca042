import { RE2JS } from 're2js';

/** Whether one of a list of patterns describes a URL. */
export interface UrlPatterns {
  matches(href: string): boolean;
}

/** Everything that is not one of the pattern language's signs: see `createUrlPatterns`. */
const TOKEN = /\/\*\*(?:\/|$)|\*\*|\*|\{[^{}]*\}|[^*{/]+|[{/]/g;

/**
 * Patterns on path and query, as an app's settings have them. `*` stands for any characters but a slash, `**` for any
 * characters, `**` as a whole folder for any number of folders, none included, and `{a,b}` for `a` or `b`. A pattern
 * without `?` is about the path, whatever the query; a pattern with `?` is about both. Upper and lower case are the same.
 *
 * The regular expressions are those of RE2, whose time is linear: paths come from the site, patterns from an admin.
 */
export function createUrlPatterns(patterns: readonly string[]): UrlPatterns {
  const [ofPath, ofBoth] = [false, true].map((hasQuery) =>
    compile(patterns.filter((pattern) => pattern.includes('?') === hasQuery)),
  );
  return {
    matches(href) {
      const { path, query } = splitUrl(href);
      return ofPath?.matches(path) === true || ofBoth?.matches(path + query) === true;
    },
  };
}

function compile(patterns: readonly string[]): RE2JS | undefined {
  if (patterns.length === 0) {
    return undefined;
  }
  const source = patterns.map((pattern) => `(?:${translate(encodePattern(pattern))})`).join('|');
  return RE2JS.compile(source, RE2JS.CASE_INSENSITIVE | RE2JS.DOTALL);
}

function translate(pattern: string): string {
  return [...pattern.matchAll(TOKEN)].map(([token]) => translateToken(token)).join('');
}

function translateToken(token: string): string {
  switch (token) {
    case '/**/':
      return '/(?:.*/)?';
    case '/**':
      return '(?:/.*)?';
    case '**':
      return '.*';
    case '*':
      return '[^/]*';
    default:
      break;
  }
  if (token.length < 2 || !token.startsWith('{')) {
    return RE2JS.quote(token);
  }
  const choices = token.slice(1, -1).split(',');
  return `(?:${choices.map(translate).join('|')})`;
}

/** A person writes `/café`; a URL has `/caf%C3%A9`. */
function encodePattern(pattern: string): string {
  return pattern.replace(/[^!-~]+/gu, (text) => encodeURIComponent(text.toWellFormed()));
}

/** Of an absolute URL without fragment. */
function splitUrl(href: string): { path: string; query: string } {
  const pathStart = href.indexOf('/', href.indexOf('//') + 2);
  const queryStart = href.indexOf('?', pathStart);
  return queryStart === -1
    ? { path: href.slice(pathStart), query: '' }
    : { path: href.slice(pathStart, queryStart), query: href.slice(queryStart) };
}
