import { describe, expect, test } from '@jest/globals';
import { DEFAULT_EXCLUDE } from '../../../../server/runner/contract.ts';
import { createUrlPatterns } from '../../../../server/runner/link-walker/walk/url-patterns.ts';

const matches = (patterns: string | readonly string[], path: string) =>
  createUrlPatterns([patterns].flat()).matches(new URL(path, 'https://shop.example:8443').href);

describe('a pattern', () => {
  test.each([
    ['/docs', '/docs'],
    ['/docs', '/DOCS?page=2'],
    ['/docs/*', '/docs/a'],
    ['/docs/*.html', '/docs/a.b.html'],
    ['/docs/**', '/docs'],
    ['/docs/**', '/docs/'],
    ['/docs/**', '/docs/a/b'],
    ['/**/print', '/print'],
    ['/**/print', '/a/b/print'],
    ['/a/**/z', '/a/z'],
    ['/a**', '/abc/d'],
    ['/{de,fr}/**', '/fr/a'],
    ['/a{,/}', '/a/'],
    ['/search?*', '/search?q=1'],
    ['/list?**page=2**', '/list?a=1&page=2&b=3'],
    ['/café/*', '/café/x'],
    ['/caf%C3%A9/*', '/café/x'],
    ['/a.b+(c)[d]', '/a.b+(c)[d]'],
  ])('%s matches %s', (pattern, path) => {
    expect(matches(pattern, path)).toBe(true);
  });

  test.each([
    ['/docs', '/docs/'],
    ['/docs', '/a/docs'],
    ['/docs/*', '/docs/a/b'],
    ['/docs/**', '/docsearch'],
    ['/**/print', '/blueprint'],
    ['/a.b', '/axb'],
    ['/search?*', '/search'],
    ['/search?', '/search?q=1'],
    ['/{de,fr}/**', '/en/a'],
    ['/{unclosed', '/unclosed'],
    ['', '/'],
  ])('%s does not match %s', (pattern, path) => {
    expect(matches(pattern, path)).toBe(false);
  });

  test('an empty list of patterns matches nothing', () => {
    expect(matches([], '/')).toBe(false);
  });

  // Where matching goes back for each star, this does not end.
  test('takes linear time for many stars', () => {
    const path = `/${'a'.repeat(7_900)}`;
    expect(matches(`/${'*a'.repeat(60)}b`, path)).toBe(false);
  });
});

describe('the default exclude patterns', () => {
  test.each([
    '/logout',
    '/account/log-out',
    '/Log_Out/',
    '/signout?next=/',
    '/en/sign-out',
    '/logoff.aspx',
    '/users/7/delete',
    '/cart/remove?item=3',
    '/destroy',
    '/unsubscribe',
    '/wp-login.php?action=logout&_wpnonce=1',
    '/post?id=7&ACTION=delete',
  ])('match %s', (path) => {
    expect(matches(DEFAULT_EXCLUDE, path)).toBe(true);
  });

  test.each([
    '/login',
    '/logout-help',
    '/blog/how-to-delete-a-file',
    '/deleted',
    '/removed/items',
    '/x?transaction=delete',
    '/x?action=deleted',
    '/?next=/logout',
  ])('do not match %s', (path) => {
    expect(matches(DEFAULT_EXCLUDE, path)).toBe(false);
  });
});
