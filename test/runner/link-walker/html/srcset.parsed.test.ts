import { expect, test } from '@jest/globals';
import { parseSrcset } from '../../../../server/runner/link-walker/html/srcset.ts';

test.each([
  ['', []],
  ['a.png', ['a.png']],
  ['a.png 1x, b.png 2x', ['a.png', 'b.png']],
  ['a.png 1x,b.png 2x', ['a.png', 'b.png']],
  ['a.png, b.png, c.png', ['a.png', 'b.png', 'c.png']],
  [' \n a.png 100w,\n b.png 200w 50h,, ', ['a.png', 'b.png']],
  ['a,b.png 1x', ['a,b.png']],
  ['data:image/png;base64,AA,AA 1x, b.png 2x', ['data:image/png;base64,AA,AA', 'b.png']],
  ['a.png calc(1px, 2px), b.png', ['b.png']],
  ['my photo.jpg 2x, b.png 1.5x', ['b.png']],
  ['a.png 100w 2x, b.png 1x 2x, c.png 5, d.png -1x, e.png 50h, f.png .5x', ['f.png']],
])('reads %j as %j', (srcset, urls) => {
  expect(parseSrcset(srcset)).toEqual(urls);
});
