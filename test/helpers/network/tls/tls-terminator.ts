import { type RequestListener, request as requestHttp } from 'node:http';
import type { TlsOptions } from 'node:tls';
import type { Scenario } from '../../action/action-scenario.ts';
import { startHttpsSite } from '../raw-site.ts';
import { createCertificate } from './certificate.ts';

export interface TlsFrontOptions {
  /** The authority that signs its certificate. */
  readonly authority: ReturnType<typeof createCertificate>;
  /** A list of things to stop at the end, to which this server is added. */
  readonly opened: { stop(): Promise<void> }[];
  /** The name that its certificate is for. */
  readonly name?: string;
  readonly tls?: TlsOptions;
}

/** The scenario's server behind TLS, under a name that only a proxy resolves. */
export async function openTlsTerminator(
  scenario: Scenario,
  { authority, opened, name = 'qassandra.test', tls }: TlsFrontOptions,
) {
  const certificate = createCertificate({ name, issuer: authority });
  const pass: RequestListener = (incoming, response) => {
    const { method, headers } = incoming;
    const inner = requestHttp(
      new URL(incoming.url ?? '', scenario.proxy.url),
      { method, headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    inner.on('error', () => response.destroy());
    incoming.pipe(inner);
  };
  const terminator = await startHttpsSite(certificate, pass, tls);
  opened.push(terminator);
  return { port: terminator.port, inputs: { 'server-url': `https://${name}:${terminator.port}` } };
}
