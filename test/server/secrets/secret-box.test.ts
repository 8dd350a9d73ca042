import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { createSecretBox } from '../../../server/features/secrets/secret-box.ts';

const [older, newer] = [randomBytes(32), randomBytes(32)];
const identity = { appId: randomUUID(), name: 'TOKEN' };
const box = createSecretBox([newer, older]);

function seal(value: string, keys = [newer]) {
  const sealed = createSecretBox(keys).seal(identity, value);
  if (!sealed) {
    throw new Error('The box has a key.');
  }
  return sealed;
}

describe('a secret box', () => {
  test.each(['open sesame', '', 'é🙂\r\n\0', 'x'.repeat(48 * 1024)])('opens what it sealed', (value) => {
    expect(box.open(identity, seal(value))).toBe(value);
  });

  test('seals the same value differently each time, with a nonce of 12 bytes', () => {
    const [one, other] = [seal('open sesame'), seal('open sesame')];
    expect(one.nonce).toHaveLength(12);
    expect(one.nonce.equals(other.nonce)).toBe(false);
    expect(one.ciphertext.equals(other.ciphertext)).toBe(false);
    expect(one.ciphertext.includes('open sesame')).toBe(false);
  });

  test('opens what older keys sealed, and seals with the newest key', () => {
    expect(box.open(identity, seal('open sesame', [older]))).toBe('open sesame');
    expect(box.seal(identity, 'open sesame')?.key_id).toBe(seal('x', [newer]).key_id);
    expect(box.keyIds).toEqual([seal('x', [newer]).key_id, seal('x', [older]).key_id]);
  });

  test('does not open what another key sealed, even under its own key’s id', () => {
    const sealed = seal('open sesame', [randomBytes(32)]);
    expect(box.open(identity, sealed)).toBeUndefined();
    expect(box.open(identity, { ...sealed, key_id: box.keyIds[0] ?? '' })).toBeUndefined();
  });

  test('does not open the secret of another app, or of another name', () => {
    const sealed = seal('open sesame');
    expect(box.open({ ...identity, appId: randomUUID() }, sealed)).toBeUndefined();
    expect(box.open({ ...identity, name: 'TOKEN2' }, sealed)).toBeUndefined();
  });

  test('does not open a sealed value with any change', () => {
    const { key_id, nonce, ciphertext } = seal('open sesame');
    const flip = (bytes: Buffer, at: number) => {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      return changed;
    };
    const changes = [
      ...[...ciphertext.keys()].map((at) => ({ nonce, ciphertext: flip(ciphertext, at) })),
      ...[...nonce.keys()].map((at) => ({ nonce: flip(nonce, at), ciphertext })),
      { nonce, ciphertext: ciphertext.subarray(0, -1) },
      { nonce, ciphertext: ciphertext.subarray(0, 15) },
      { nonce: nonce.subarray(1), ciphertext },
    ];
    expect(changes.map((change) => box.open(identity, { key_id, ...change }))).toEqual(
      changes.map(() => undefined),
    );
  });

  test('seals nothing without a key', () => {
    expect(createSecretBox([]).seal(identity, 'open sesame')).toBeUndefined();
    expect(createSecretBox([]).keyIds).toEqual([]);
  });

  test('does not reveal its keys in their ids', () => {
    for (const id of box.keyIds) {
      expect(id).toMatch(/^[0-9a-f]{16}$/);
      expect(newer.toString('hex') + older.toString('hex')).not.toContain(id);
    }
  });
});
