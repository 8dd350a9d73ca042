import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

export interface Certificate {
  readonly pem: string;
  readonly keyPem: string;
  readonly key: KeyObject;
  readonly name: string;
}

export interface CertificateOptions {
  /** The common name, and the only DNS name of the certificate. */
  readonly name: string;
  /** Without an issuer the certificate is self-signed. */
  readonly issuer?: Certificate;
  readonly validFrom?: Date;
  readonly validTo?: Date;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Creates an X.509 certificate (ECDSA P-256) in code, so that no test needs `openssl` on the machine. */
export function createCertificate({
  name,
  issuer,
  validFrom = new Date(Date.now() - DAY_MS),
  validTo = new Date(Date.now() + DAY_MS),
}: CertificateOptions): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'));
  const toSign = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    distinguishedName(issuer?.name ?? name),
    sequence(utcTime(validFrom), utcTime(validTo)),
    distinguishedName(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(basicConstraints({ isAuthority: issuer === undefined }), alternativeNames(name))),
  );
  const signature = sign('sha256', toSign, issuer?.key ?? privateKey);
  const certificate = sequence(toSign, ecdsaWithSha256, der(0x03, Buffer.from([0]), signature));
  const lines = certificate.toString('base64').replace(/.{64}/g, '$&\n');
  return {
    pem: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    key: privateKey,
    name,
  };
}

function der(tag: number, ...contents: Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const size = length < 128 ? [length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...contents: Buffer[]): Buffer {
  return der(0x30, ...contents);
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'));
}

function distinguishedName(name: string): Buffer {
  return sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(name)))));
}

function utcTime(date: Date): Buffer {
  const digits = date.toISOString().replace(/\.\d+/, '').replace(/[-:T]/g, '').slice(2);
  return der(0x17, Buffer.from(digits));
}

function basicConstraints({ isAuthority }: { readonly isAuthority: boolean }): Buffer {
  const value = isAuthority ? sequence(der(0x01, Buffer.from([0xff]))) : sequence();
  return sequence(oid('551d13'), der(0x01, Buffer.from([0xff])), der(0x04, value));
}

function alternativeNames(name: string): Buffer {
  return sequence(oid('551d11'), der(0x04, sequence(der(0x82, Buffer.from(name)))));
}
