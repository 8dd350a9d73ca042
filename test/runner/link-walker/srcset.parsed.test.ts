import { expect, test } from '@jest/globals';
import { parseSrcset } from '../../../server/runner/link-walker/element-references.ts';

test.each([
  ['', []],
  ['a.png', ['a.png']],
  ['a.png 1x, b.png 2x', ['a.png', 'b.png']],
  ['a.png 1x,b.png 2x', ['a.png', 'b.png']],
  ['a.png, b.png, c.png', ['a.png', 'b.png', 'c.png']],
  [' \n a.png 100w,\n b.png 200w 50h,, ', ['a.png', 'b.png']],
  ['a,b.png 1x', ['a,b.png']],
  ['data:image/png;base64,AA,AA 1x, b.png 2x', ['data:image/png;base64,AA,AA', 'b.png']],
  ['a.png calc(1px, 2px) 1x, b.png', ['a.png', 'b.png']],
])('reads %j as %j', (srcset, urls) => {
  expect(parseSrcset(srcset)).toEqual(urls);
});
