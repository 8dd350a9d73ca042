export type FrameKind =
  | 'rules'
  | 'font-face'
  | 'ignored'
  | 'brackets'
  | 'url'
  | 'image-set'
  | 'format'
  | 'tech';

/** Open brackets of a stylesheet: a block of rules and declarations, or a part of a value. */
export interface Frame {
  readonly kind: FrameKind;
  readonly closer: ')' | ']' | '}';
}

export const ROUND: Frame = { kind: 'brackets', closer: ')' };
export const SQUARE: Frame = { kind: 'brackets', closer: ']' };
export const CURLY: Frame = { kind: 'brackets', closer: '}' };
export const RULES: Frame = { kind: 'rules', closer: '}' };
export const IGNORED: Frame = { kind: 'ignored', closer: '}' };
const FONT_FACE: Frame = { kind: 'font-face', closer: '}' };

const FUNCTIONS: ReadonlyMap<string, Frame> = new Map<string, Frame>([
  ['url', { kind: 'url', closer: ')' }],
  ['image-set', { kind: 'image-set', closer: ')' }],
  ['-webkit-image-set', { kind: 'image-set', closer: ')' }],
  ['format', { kind: 'format', closer: ')' }],
  ['tech', { kind: 'tech', closer: ')' }],
]);

/** At-rules whose blocks browsers read. Blocks of others, as `@-moz-document`, are ignored. */
const READ_AT_RULES =
  /^(media|supports|layer|container|scope|starting-style|font-face|page|(-webkit-)?keyframes|counter-style|(top|bottom|left|right)-[a-z-]+)$/;

export function frameOfFunction(name: string): Frame {
  return FUNCTIONS.get(name) ?? ROUND;
}

/** Of the block of an at-rule. */
export function frameOfAtRule(name: string): Frame {
  if (name === 'font-face') {
    return FONT_FACE;
  }
  return isReadAtRule(name) ? RULES : IGNORED;
}

export function isReadAtRule(name: string): boolean {
  return READ_AT_RULES.test(name);
}
