import { TrustedProxies } from '@coffer/access';
import type { FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyInstance {
    publicAddress: PublicAddress;
  }
}

/** Under which address browsers reach this gateway. */
export class PublicAddress {
  readonly #proxies: TrustedProxies;
  readonly #origin: string | undefined;

  /** `publicUrl` wins over what requests say. */
  constructor(trustedProxies: readonly string[], publicUrl?: string) {
    this.#proxies = new TrustedProxies(trustedProxies);
    this.#origin = publicUrl === undefined ? undefined : new URL(publicUrl).origin;
  }

  /** Such as `https://coffer.example.com`. Without a `publicUrl` the host is what the browser's own request says. */
  originOf(request: FastifyRequest): string {
    return this.#origin ?? `${this.#schemeOf(request)}://${request.headers.host ?? 'localhost'}`;
  }

  /** Whether there is TLS between the browser and here, or a proxy of `coffer.server.trustedProxies` that says so. */
  isSecure(request: FastifyRequest): boolean {
    return this.#origin === undefined ? this.#schemeOf(request) === 'https' : this.#origin.startsWith('https:');
  }

  #schemeOf({ socket, headers }: FastifyRequest): 'https' | 'http' {
    if ('encrypted' in socket && socket.encrypted === true) return 'https';
    const forwarded = String(headers['x-forwarded-proto'] ?? '')
      .trim()
      .toLowerCase();
    return forwarded === 'https' && this.#proxies.isProxy(socket.remoteAddress ?? '') ? 'https' : 'http';
  }
}
