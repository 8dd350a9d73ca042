/** A URL, followed by the commas that end it or by its descriptors, which may have commas in brackets. */
const SRCSET_CANDIDATE = /([^\s,](?:\S*[^\s,])?)(?:,+(?=\s|$)|((?:\([^)]*(?:\)|$)|[^,(])*))/g;

/** A browser drops a candidate with other descriptors. Those in brackets are reserved for what may come. */
const DESCRIPTORS =
  /^\s*(?:\d+w(?:\s+\d+h)?|\d+h\s+\d+w|\d+(?:\.\d+)?(?:e[-+]?\d+)?x|\.\d+(?:e[-+]?\d+)?x)?\s*$/i;

/** The first URLs of `a.png 1x, b.png 2x`. A comma within a URL is a part of it. */
export function parseSrcset(srcset: string, limit = Number.POSITIVE_INFINITY): string[] {
  const urls: string[] = [];
  for (const [, url = '', descriptors = ''] of srcset.matchAll(SRCSET_CANDIDATE)) {
    if (urls.length >= limit) {
      break;
    }
    if (DESCRIPTORS.test(descriptors)) {
      urls.push(url);
    }
  }
  return urls;
}
