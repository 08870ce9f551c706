import { createSecureContext, type Server, type TLSSocket, type TlsOptions } from 'node:tls';
import type { ClientCertificate } from '@coffer/access';
import type { ServerTlsConfiguration } from '@coffer/config';
import type { Logger, Metrics } from '@coffer/observability';
import { CofferError, type Clock } from '@coffer/secrets';
import { rememberCertificate, type ClientAuthorities } from './client-certificates.js';
import { certificatesIn, secureContextOf } from './secure-context.js';

export interface ListenerTlsParts {
  readonly metrics: Pick<Metrics, 'tls'>;
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly clock: Pick<Clock, 'wall'>;
}

/** The codes by which Node says why a client's certificate does not count. */
const reasonOf = (code: string | undefined): 'missing' | 'expired' | 'untrusted' => {
  if (code === 'UNABLE_TO_GET_ISSUER_CERT' || code === undefined) return 'missing';
  return code === 'CERT_HAS_EXPIRED' ? 'expired' : 'untrusted';
};

const isSame = (one: ServerTlsConfiguration, other: ServerTlsConfiguration): boolean =>
  one.certificate === other.certificate &&
  one.key.reveal() === other.key.reveal() &&
  one.keyPassword?.reveal() === other.keyPassword?.reveal() &&
  one.clientAuthorities === other.clientAuthorities &&
  one.clientAuth === other.clientAuth;

/** The TLS of a process's own port, which may change while it listens. */
export class ListenerTls {
  #settings: ServerTlsConfiguration;
  readonly #servers = new Set<Server>();
  readonly #connections = new Map<TLSSocket, ClientCertificate | undefined>();
  /** Fingerprints of the authorities of clients that count. */
  #authorities: ReadonlySet<string> = new Set();

  /** Throws `configuration` where no TLS can be made of the settings. */
  constructor(
    settings: ServerTlsConfiguration,
    private readonly parts: ListenerTlsParts,
  ) {
    this.#settings = settings;
    this.#check(settings);
    this.#show();
  }

  get settings(): ServerTlsConfiguration {
    return this.#settings;
  }

  /** What the server is made with, `attach` its own afterwards. Who may connect is decided there, for it may change. */
  get options(): TlsOptions {
    return {
      ...secureContextOf(this.#settings),
      requestCert: this.#settings.clientAuth !== 'none',
      rejectUnauthorized: false,
    };
  }

  /** Decides about the server's connections, and has it use what counts from here on. Before it listens. */
  attach(server: Server): void {
    this.#servers.add(server);
    server.prependListener('secureConnection', (socket) => this.#accept(socket));
    // Before whoever answers broken requests: what is written to a connection without TLS waits for it for ever.
    server.prependListener('tlsClientError', (_error, socket) => socket.destroy());
    server.on('close', () => this.#servers.delete(server));
  }

  /**
   * From here on these settings count for new connections; those that are open go on, unless their client's certificate
   * does not count any more. Throws and changes nothing where they cannot count. True where they differ from those before.
   */
  apply(settings: ServerTlsConfiguration): boolean {
    const before = this.#settings;
    if (isSame(before, settings)) {
      this.#settings = settings;
      return false;
    }
    if (before.clientAuth === 'none' && settings.clientAuth !== 'none') {
      throw new CofferError(
        'configuration',
        'coffer.server.tls.clientAuth: from none to another counts after a restart',
      );
    }
    this.#check(settings);
    for (const server of this.#servers) server.setSecureContext(secureContextOf(settings));
    this.#settings = settings;
    this.#show();
    this.sweep();
    return true;
  }

  /**
   * Cuts connections whose client's authority is gone, for a new handshake to judge them, and, where a certificate is
   * required, those without one that counts still.
   */
  sweep(): void {
    const now = this.parts.clock.wall();
    const required = this.#settings.clientAuth === 'required';
    for (const [socket, certificate] of this.#connections) {
      const isOver = certificate === undefined || now >= certificate.expiresAtMs;
      if (certificate?.isTrusted() === false || (required && isOver)) socket.destroy();
    }
  }

  /** OpenSSL may refuse what the configuration takes, such as a key that is too short. */
  #check(settings: ServerTlsConfiguration): void {
    try {
      createSecureContext(secureContextOf(settings));
    } catch (error) {
      const { code = 'unknown' } = error as NodeJS.ErrnoException;
      throw new CofferError('configuration', `coffer.server.tls: no TLS can be made of it (${code})`);
    }
  }

  /** Takes the authorities, and shows when certificates end. */
  #show(): void {
    const { certificate, clientAuthorities = '' } = this.#settings;
    this.#authorities = new Set(certificatesIn(clientAuthorities).map(({ fingerprint256 }) => fingerprint256));
    const { expiry } = this.parts.metrics.tls;
    const [own] = certificatesIn(certificate);
    const ends = certificatesIn(clientAuthorities).map(({ validToDate }) => validToDate.getTime());
    expiry.reset();
    if (own !== undefined) expiry.set({ certificate: 'server' }, own.validToDate.getTime() / 1_000);
    if (ends.length > 0) expiry.set({ certificate: 'client-ca' }, Math.min(...ends) / 1_000);
    if (own !== undefined && own.validToDate.getTime() <= this.parts.clock.wall()) {
      this.parts.logger.warn('the certificate of coffer.server.tls has expired; clients will refuse it');
    }
  }

  #accept(socket: TLSSocket): void {
    if (this.#settings.clientAuth === 'required' && !socket.authorized) {
      const { authorizationError } = socket;
      this.parts.metrics.tls.refused.inc({ reason: reasonOf(authorizationError as unknown as string | undefined) });
      socket.destroy();
      return;
    }
    const authorities: ClientAuthorities = { includes: (fingerprint) => this.#authorities.has(fingerprint) };
    const certificate = socket.authorized ? rememberCertificate(socket, authorities) : undefined;
    this.#connections.set(socket, certificate);
    socket.once('close', () => this.#connections.delete(socket));
  }
}
