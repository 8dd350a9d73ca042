import fc from 'fast-check';

/** Nothing listens there, so a check of it ends at once, and no request leaves this machine. */
export const TARGET = 'http://127.0.0.1:9/';

const ODD_STRINGS = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\ud800',
  '\udc00\ud800',
  '\ufeff',
  '\u202e\u200b',
  'é'.normalize('NFD'),
  '🙂'.repeat(200),
  '__proto__',
  'constructor',
  'toString',
  'null',
  'true',
  '-1',
  '1e999',
  '٣',
  "' or '1'='1",
  '"; drop table apps; --',
  '$1',
  '%00',
  '%s%n',
  '../../etc/passwd',
  '..;/',
  '<script>alert(1)</script>',
  '{{7*7}}',
  '\r\nX-Injected: 1',
  'qsk_',
  `qsk_${'0'.repeat(42)}`,
  '00000000-0000-0000-0000-000000000000',
  'x'.repeat(256),
  'x'.repeat(9_000),
  'ftp://127.0.0.1/',
  'http://',
  'http://user:password@127.0.0.1:9/',
  'http://[::1]:9/\0',
  'http://127.0.0.1:99999/',
  'javascript:alert(1)',
];

/** Text of the kind that breaks parsers. */
export const hostileString = fc.oneof(
  fc.constantFrom(...ODD_STRINGS),
  fc.string({ unit: 'binary', maxLength: 40 }),
  // Any UTF-16 units, with unpaired surrogates among them.
  fc.array(fc.nat(0xffff), { maxLength: 12 }).map((units) => String.fromCharCode(...units)),
);

/** A JSON value of any kind, in place of the expected one. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  hostileString,
  fc.constantFrom(null, true, false, 0, -0, -1, 0.1, 2 ** 53, 1e300, [], {}, [[]], [null]),
  fc.constantFrom({ toString: 'x' }, { length: 1 }, { $ne: null }, { valueOf: 1 }),
  fc.jsonValue({ maxDepth: 3 }),
);

/** Bodies that are not JSON objects, or unusual ones. */
export const hostileText = fc.oneof(
  fc.constantFrom(
    '',
    '{',
    '{}x',
    '[]',
    'null',
    '7',
    '"text"',
    '\ufeff{}',
    '{"a":1,"a":2}',
    '{"name":"\\u0000","branch":"\\ud800"}',
    '{"__proto__":{"name":"x","role":"admin"},"constructor":{"prototype":{"role":"admin"}}}',
    '{"name":1e999,"branch":-0}',
    "{'name':'x'}",
    '{"name":undefined}',
    '[{"name":"x"}]',
    'name=x&branch=y',
    '\0\0\0\0',
    `{"a":${'['.repeat(9_000)}${']'.repeat(9_000)}}`,
    '['.repeat(30_000),
    `{"name":"${'x'.repeat(70_000)}"}`,
    `{${Array.from({ length: 500 }, (_, index) => `"k${index}":1`).join()}}`,
  ),
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.json({ maxDepth: 4 }),
);
