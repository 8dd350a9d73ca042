const ESCAPE = /\\(?:([0-9a-f]{1,6})(?:\r\n|[ \t\n\r\f])?|(\r\n|[\n\r\f])|([\s\S])|$)|\0/gi;

/** The text of a string, a name or a URL of a stylesheet: `\28 ` is a bracket, and a line may be continued. */
export function decodeCssEscapes(raw: string): string {
  if (!/[\\\0]/.test(raw)) {
    return raw;
  }
  return raw.replace(ESCAPE, (_escape, hex?: string, newline?: string, character?: string) => {
    if (hex !== undefined) {
      return decodeHex(hex);
    }
    return newline === undefined ? (character ?? '\uFFFD') : '';
  });
}

function decodeHex(hex: string): string {
  const code = Number.parseInt(hex, 16);
  const isNoCharacter = code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff);
  return isNoCharacter ? '\uFFFD' : String.fromCodePoint(code);
}
