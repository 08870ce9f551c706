import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { certificatesOf, isKeyOf, looksLikePem, PemProblem, privateKeyOf } from '@coffer/config';
import { CofferError } from '@coffer/secrets';
import type { ServerConnection } from '../connection.js';

/** The contents of a TLS client's files, as options of Node. */
export interface TlsFiles {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly passphrase?: string;
}

type Files = Pick<ServerConnection, 'caFile' | 'certFile' | 'keyFile' | 'keyPassword'>;

const fileOf = (store: string, what: string, file: string): Buffer => {
  try {
    return looksLikePem(file) ? Buffer.from(file) : readFileSync(file);
  } catch {
    throw new CofferError('configuration', `${store}: the file of ${what} cannot be read`, { store });
  }
};

const pemOf = (store: string, what: string, file: string): string => {
  try {
    return certificatesOf(fileOf(store, what, file).toString('utf8'));
  } catch (error) {
    if (!(error instanceof PemProblem)) throw error;
    throw new CofferError('configuration', `${store}: the file of ${what} ${error.message}`, { store });
  }
};

/** PEM of the key, whichever of the forms it has that the drivers of Java take. */
const keyOf = (store: string, file: string, passphrase: string | undefined): string => {
  const bytes = fileOf(store, 'the client’s key', file);
  try {
    const text = bytes.toString('utf8');
    const secret = passphrase === undefined ? {} : { passphrase };
    const key = looksLikePem(text)
      ? createPrivateKey({ key: privateKeyOf(text, passphrase), ...secret })
      : createPrivateKey({ key: bytes, format: 'der', type: 'pkcs8', ...secret });
    return key.export({ format: 'pem', type: 'pkcs8' }).toString();
  } catch (error) {
    const reason = error instanceof PemProblem ? ` (${error.message})` : '';
    const message = `${store}: the client’s key is neither PEM nor PKCS #8 in DER, or its password is wrong${reason}`;
    throw new CofferError('configuration', message, { store });
  }
};

/**
 * Reads the files anew, so that renewed ones count at the next connection. Throws `configuration`, and never the content of
 * a file.
 */
export const readTlsFiles = (store: string, { caFile, certFile, keyFile, keyPassword }: Files): TlsFiles => {
  const cert = certFile === undefined ? undefined : pemOf(store, 'the client’s certificate', certFile);
  const key = keyFile === undefined ? undefined : keyOf(store, keyFile, keyPassword?.reveal());
  if (cert !== undefined && key !== undefined && !isKeyOf(cert, key)) {
    const message = `${store}: the client’s key (sslkey) is not the key of the first certificate of sslcert`;
    throw new CofferError('configuration', message, { store });
  }
  return {
    ...(caFile === undefined ? {} : { ca: pemOf(store, 'trusted authorities', caFile) }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
};
