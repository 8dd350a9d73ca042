import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createMask } from '../../../server/features/checks/queue/create-mask.ts';

const SECRET = `p/ä s"s<w>&o'rd+%=?#`;

describe('a mask', () => {
  test.each([
    ['as it is', SECRET],
    ['as a part of a path', encodeURIComponent(SECRET)],
    [
      'with lower case percent-encoding',
      encodeURIComponent(SECRET).replace(/%../g, (byte) => byte.toLowerCase()),
    ],
    ['as a form sends it', new URLSearchParams({ q: SECRET }).toString().slice(2)],
    [
      'in a path that a browser parsed',
      new URL(`http://x/${SECRET.replace(/[?#].*/, '')}`).pathname.slice(1),
    ],
    ['in JSON', JSON.stringify(SECRET).slice(1, -1)],
    [
      'in HTML',
      SECRET.replace(/&/g, '&amp;')
        .replace(/</g, '&lt;')
        .replace(/>/g, '&gt;')
        .replace(/"/g, '&quot;')
        .replace(/'/g, '&#39;'),
    ],
    ['in base64', Buffer.from(SECRET).toString('base64')],
    ['in base64 of URLs', Buffer.from(SECRET).toString('base64url')],
  ])('hides a secret %s', (_case, form) => {
    const mask = createMask([SECRET, SECRET.replace(/[?#].*/, '')]);
    expect(mask(`GET /a/${form}/b?c=${form}`)).toBe('GET /a/***/b?c=***');
  });

  test('hides each line of a secret, and the secret without its last line break', () => {
    const mask = createMask(['-----BEGIN-----\nMIIEvQ\r\n-----END-----\n', 'token-1\n']);
    expect(mask('-----BEGIN-----, MIIEvQ, -----END-----, token-1')).toBe('***, ***, ***, ***');
  });

  test('hides the longest secret first', () => {
    const mask = createMask(['open', 'open sesame', 'sesame street']);
    expect(mask('open sesame, open sesame street, open, sesame')).toBe('***, *** street, ***, sesame');
  });

  test('does not hide values of less than four characters', () => {
    expect(createMask(['abc', 'de', '', ' f \n'])('abc de f YWJj')).toBe('abc de f YWJj');
    expect(createMask(['abcd'])('abcde')).toBe('***e');
  });

  test('hides long secrets completely, also if they begin alike', () => {
    const start = 'k'.repeat(100);
    const mask = createMask([`${start}1`, `${start}23456`]);
    expect(mask(`a ${start}23456 b ${start}1 c`)).toBe('a *** b *** c');
  });

  test('hides the secret in any text around it', () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 });
    const value = fc.string({ unit: 'binary', minLength: 4, maxLength: 200 });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 5 }), text, text, (values, before, after) => {
        const mask = createMask(values);
        for (const one of values.filter((candidate) => candidate.trim().length >= 4)) {
          expect(mask(`${before}${one}${after}`)).toContain('***');
          expect(mask(one)).not.toContain(one);
        }
      }),
    );
  });

  test('takes no longer if secrets almost match everywhere in the text', () => {
    const values = Array.from({ length: 100 }, (_, index) => `${'a'.repeat(1_000 + index)}b`);
    const mask = createMask(values);
    const read = countReads('a'.repeat(20_000));
    mask(read.text);
    expect(read.count()).toBeLessThan(20_000 * 100);
  });
});

/** A text that counts how many of its characters are compared. */
function countReads(characters: string) {
  let compared = 0;
  const text = Object.assign(Object(characters), {
    slice: (from: number, to?: number) => {
      const part = characters.slice(from, to);
      compared += part.length;
      return part;
    },
    startsWith: (form: string, at: number) => {
      const isThere = characters.startsWith(form, at);
      compared += Math.min(form.length, characters.length - at);
      return isThere;
    },
  });
  return { text, count: () => compared };
}
