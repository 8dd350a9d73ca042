import { describe, expect, test } from '@jest/globals';
import { type Change, findViolations, type Operation, type Use } from './helpers/key-history.ts';

/** Histories made by hand, which show that the checker finds what is wrong. */
describe('the history checker', () => {
  const change = (key: string | undefined, begun: number, answered: number): Change => ({
    type: 'change',
    key,
    begun,
    answered,
  });
  const use = (key: string, outcome: Use['outcome'], begun: number, answered: number): Use => ({
    type: 'use',
    key,
    outcome,
    begun,
    answered,
    label: '',
  });
  /** `old` is in force from the start, and is replaced by `new` between 100 and 110. */
  const REPLACED: readonly Operation[] = [change('old', 0, 10), change('new', 100, 110)];
  const REMOVED: readonly Operation[] = [change('old', 0, 10), change(undefined, 100, 110)];

  test.each<[string, readonly Operation[]]>([
    ['nobody uses a key', []],
    [
      'the old key passes before, the new one after',
      [use('old', 'passed', 20, 30), use('new', 'passed', 111, 120)],
    ],
    ['the old key is refused after', [use('old', 'refused', 111, 120)]],
    [
      'the old key passes in a request begun before the answer and answered after it',
      [use('old', 'passed', 109, 300)],
    ],
    ['the old key is refused during the change', [use('old', 'refused', 101, 105)]],
    ['the new key passes during the change', [use('new', 'passed', 101, 105)]],
    ['the new key is refused by a request begun during the change', [use('new', 'refused', 101, 105)]],
    [
      'passed, then refused, within the change',
      [use('old', 'passed', 101, 103), use('old', 'refused', 104, 106)],
    ],
    [
      'refused and passed side by side within the change',
      [use('old', 'refused', 101, 106), use('old', 'passed', 105, 109)],
    ],
    ['a key that never existed is refused', [use('other', 'refused', 20, 30)]],
  ])('accepts: %s', (_case, uses) => {
    expect(findViolations([...REPLACED, ...uses])).toEqual([]);
  });

  test.each<[string, readonly Operation[], readonly Operation[]]>([
    ['the old key passes in a request begun after the answer', REPLACED, [use('old', 'passed', 111, 120)]],
    ['the removed key passes in a request begun after the answer', REMOVED, [use('old', 'passed', 111, 120)]],
    ['the new key is refused after the answer', REPLACED, [use('new', 'refused', 111, 120)]],
    ['the old key is refused before the change began', REPLACED, [use('old', 'refused', 50, 60)]],
    ['the new key passes before the change began', REPLACED, [use('new', 'passed', 50, 60)]],
    ['a key passes that never existed', REPLACED, [use('other', 'passed', 50, 60)]],
    [
      'one client is refused within the change, and another one passes after that',
      REPLACED,
      [use('old', 'refused', 101, 103), use('old', 'passed', 104, 106)],
    ],
    [
      'the new key passes within the change, and the old one after that',
      REPLACED,
      [use('new', 'passed', 101, 103), use('old', 'passed', 104, 106)],
    ],
    [
      'one wrong use among thousands of right ones',
      REPLACED,
      [
        ...Array.from({ length: 5_000 }, (_, at) => use('new', 'passed', 111 + at, 112 + at)),
        use('old', 'passed', 110.5, 111),
      ],
    ],
  ])('finds: %s', (_case, changes, uses) => {
    expect(findViolations([...changes, ...uses])).toHaveLength(1);
  });

  test('refuses to judge a key that was in force twice, and changes that overlap', () => {
    expect(() => findViolations([change('old', 0, 10), change('old', 20, 30)])).toThrow('twice');
    expect(() => findViolations([change('old', 0, 10), change('new', 5, 15)])).toThrow('overlap');
  });
});
