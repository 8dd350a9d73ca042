/** Programs that call the API, by how their user agent begins. */
const PROGRAMS: readonly (readonly [RegExp, string])[] = [
  [/^qassandra-action/i, 'the Qassandra action'],
  [/^qassandra-cli/i, 'the qassandra command'],
  [/^github-hookshot/i, 'GitHub'],
  [/^curl\//i, 'curl'],
  [/^wget\//i, 'Wget'],
  [/^(node|undici|axios|got)\b/i, 'a Node.js program'],
  [/^(python|aiohttp|httpx)/i, 'a Python program'],
  [/^go-http-client/i, 'a Go program'],
  [/^(java|okhttp|apache-httpclient)/i, 'a Java program'],
  [/^postman/i, 'Postman'],
  [/^insomnia/i, 'Insomnia'],
];

/** Browsers: those that name others too come first. Edge names Chrome and Safari, Chrome names Safari. */
const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bEdgA?\/|EdgiOS\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/SamsungBrowser\//, 'Samsung Internet'],
  [/\bFirefox\/|FxiOS\//, 'Firefox'],
  [/Chrome\/|CriOS\//, 'Chrome'],
  [/Safari\//, 'Safari'],
];

/** Android names Linux too, and an iPad may name macOS. */
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/CrOS/, 'ChromeOS'],
  [/Mac OS X/, 'macOS'],
  [/Windows/, 'Windows'],
  [/Linux/, 'Linux'],
];

/** A user agent in words: "Chrome on macOS", "curl". `undefined` if it is none that people would know. */
export function describeUserAgent(userAgent: string): string | undefined {
  const program = findName(PROGRAMS, userAgent);
  if (program !== undefined) {
    return program;
  }
  const browser = /^Mozilla\//.test(userAgent) ? findName(BROWSERS, userAgent) : undefined;
  const system = findName(SYSTEMS, userAgent);
  return browser !== undefined && system !== undefined ? `${browser} on ${system}` : browser;
}

function findName(names: readonly (readonly [RegExp, string])[], text: string): string | undefined {
  return names.find(([pattern]) => pattern.test(text))?.[1];
}
