import type { ServerConnection } from '../connection.js';
import { Authority, type Certificate } from '@coffer/backend-conformance/certificates';
import type { PrivateServer } from './private-server.js';

/**
 * A database of the test's own that lets in whoever shows, by TLS, a certificate of its authority. It listens on 127.0.0.1
 * and 127.0.0.2; its own certificate names `localhost` and the latter.
 */
export interface TlsServer extends PrivateServer {
  /** By a name that the server's certificate has, without certificates of the client's own. */
  readonly connection: ServerConnection;
  /** The one that the server trusts, and that signed its certificate. */
  readonly authority: Authority;
}

/** The files of such a server. */
export const serverCertificates = (folder: string): { readonly authority: Authority; readonly own: Certificate } => {
  const authority = new Authority(folder, 'authority');
  return { authority, own: authority.issue('server', { alternative: 'DNS:localhost,IP:127.0.0.2' }) };
};
