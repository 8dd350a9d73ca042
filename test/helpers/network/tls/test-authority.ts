import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCertificate } from './certificate.ts';

/** Creates an authority, and a file of its certificate for `NODE_EXTRA_CA_CERTS`. */
export function createTestAuthority() {
  const authority = createCertificate({ name: 'Test authority' });
  const folder = mkdtempSync(join(tmpdir(), 'qassandra-authority-'));
  const authorityFile = join(folder, 'authority.pem');
  writeFileSync(authorityFile, authority.pem);
  return { authority, authorityFile, removeAuthority: () => rmSync(folder, { recursive: true }) };
}
