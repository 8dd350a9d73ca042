import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseSrcset } from '../../../server/runner/link-walker/html/srcset.ts';
import { KnownUrls } from '../../../server/runner/link-walker/known-urls.ts';
import {
  pageKey,
  parseHttpUrl,
  showAddress,
  showPath,
  withoutNoise,
} from '../../../server/runner/link-walker/page-url.ts';
import { parsePage } from '../../../server/runner/link-walker/parse-page.ts';
import { UrlResolver } from '../../../server/runner/link-walker/url-resolver.ts';
import { isPublicAddress } from '../../../server/runner/network/public-address.ts';
import { hostileString } from '../../fuzz/hostile-values.ts';

const MANY = { numRuns: 1_000 };
const BASE = new URL('https://shop.example/a/b?c');
const { signal } = new AbortController();

const parameter = fc
  .tuple(
    fc.constantFrom('a', 'b', 'c', 'page', 'utm_source', 'gclid', '_ga'),
    fc.stringMatching(/^[\w%+.-]{0,6}$/),
  )
  .map((pair) => pair.join('='));
const url = fc
  .tuple(fc.webPath(), fc.array(parameter, { maxLength: 6 }), fc.webFragments())
  .map(([path, parameters, hash]) => new URL(`https://shop.example${path}?${parameters.join('&')}#${hash}`));

test('opens only http and https, and sends no user name, for any reference in a page', () => {
  const scheme = fc.constantFrom(
    '',
    'http:',
    'HTTPS:',
    'javascript:',
    'data:',
    'file:',
    '//',
    '\\\\',
    'http://a:b@',
  );
  fc.assert(
    fc.property(scheme, hostileString, (start, rest) => {
      const parsed = parseHttpUrl(start + rest, BASE);
      if (parsed !== null) {
        expect(parsed.protocol).toMatch(/^https?:$/);
        expect([parsed.username, parsed.password]).toEqual(['', '']);
      }
    }),
    MANY,
  );
});

test('gives a page the same key, in any order of differently named parameters', () => {
  fc.assert(
    fc.property(url, fc.nat(5), (page, turns) => {
      const key = pageKey(page.href);
      expect(pageKey(new URL(key).href)).toBe(key);
      expect(pageKey(withoutNoise(page.href))).toBe(key);
      const names = page.search
        .slice(1)
        .split('&')
        .map((part) => part.split('=', 1)[0]);
      if (new Set(names).size === names.length) {
        const parts = page.search.slice(1).split('&');
        const turned = new URL(page);
        turned.search = [...parts.slice(turns % parts.length), ...parts.slice(0, turns % parts.length)].join(
          '&',
        );
        expect(pageKey(turned.href)).toBe(key);
      }
    }),
    MANY,
  );
});

test('shows an address outside the app without its query, and shortens a long path', () => {
  fc.assert(
    fc.property(url, (page) => {
      expect(showAddress(page)).not.toContain('?');
      expect(showPath(page).length).toBeLessThanOrEqual(501);
    }),
    MANY,
  );
});

test('reads a srcset back into the URLs that it was made of', () => {
  const candidate = fc.tuple(
    fc.stringMatching(/^[^\s,()]([^\s]{0,10}[^\s,])?$/),
    fc.constantFrom(' 1x', ' 100w', ' 100w 50h', '  1.5x '),
  );
  fc.assert(
    fc.property(
      fc.array(candidate, { minLength: 1, maxLength: 6 }),
      fc.constantFrom(',', ', ', ' ,\n'),
      (list, comma) => {
        const srcset = list.map((parts) => parts.join('')).join(comma);
        expect(parseSrcset(srcset)).toEqual(list.map(([address]) => address));
      },
    ),
    MANY,
  );
});

test('parses any bytes as a page, with links and assets that are http and without fragments', async () => {
  const fragment = fc.oneof(
    hostileString,
    fc
      .tuple(
        fc.constantFrom(
          'a href',
          'img srcset',
          'base href',
          'link rel=icon href',
          'iframe src',
          'script src',
        ),
        hostileString,
      )
      .map(([start, value]) => `<${start}="${value}">`),
    fc.constantFrom(
      '<template>',
      '</template>',
      '<!--',
      '-->',
      '<![CDATA[',
      '</script',
      '<meta http-equiv=refresh content="0;url=',
    ),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fragment, { maxLength: 12 }), async (parts) => {
      const { links, assets } = await parsePage(parts.join(''), BASE, { signal });
      for (const { protocol, hash } of [...links, ...assets].map(({ href }) => new URL(href))) {
        expect([/^https?:$/.test(protocol), hash]).toEqual([true, '']);
      }
    }),
  );
});

test('judges an IPv4 address like the IPv6 address that maps it, in both notations', () => {
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
      const words = [a * 256 + b, c * 256 + d].map((word) => word.toString(16)).join(':');
      expect(isPublicAddress(`::ffff:${address}`)).toBe(isPublicAddress(address));
      expect(isPublicAddress(`::ffff:${words}`)).toBe(isPublicAddress(address));
      // IPv6 addresses that translate or tunnel it are never public.
      expect([`64:ff9b::${words}`, `2002:${words}::`, `::${words}`].some(isPublicAddress)).toBe(false);
    }),
    MANY,
  );
});

const PAGES = ['https://shop.example/a/b/page?x=1', 'https://shop.example/', 'http://127.0.0.1:8080/docs/'];
const written = fc.oneof(
  fc
    .array(
      fc.constantFrom(
        '/',
        '.',
        '..',
        'a',
        'b-c',
        '~',
        ':',
        '?',
        'q=1',
        '%41',
        '%2e',
        'é',
        ' ',
        '\\',
        '//',
        'http:',
      ),
      {
        maxLength: 6,
      },
    )
    .map((parts) => parts.join('')),
  fc.webPath(),
);

test('a resolver with a cache of other pages’ URLs resolves a reference as one without', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(...PAGES), written), { maxLength: 30 }), (references) => {
      const known = new KnownUrls();
      // Twice: what was learnt from all of them is then used for each.
      for (const [page, href] of [...references, ...references]) {
        const url = new URL(page);
        const fresh = new UrlResolver({ base: null, url }).resolve(href);
        expect(new UrlResolver({ base: null, url, known }).resolve(href)).toBe(fresh);
      }
    }),
    MANY,
  );
});
