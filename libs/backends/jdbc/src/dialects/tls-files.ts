import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
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
    return file.includes('-----BEGIN ') ? Buffer.from(file) : readFileSync(file);
  } catch {
    throw new CofferError('configuration', `${store}: the file of ${what} cannot be read`, { store });
  }
};

const pemOf = (store: string, what: string, file: string): string => {
  const text = fileOf(store, what, file).toString('utf8');
  if (text.includes('-----BEGIN ')) return text;
  throw new CofferError('configuration', `${store}: the file of ${what} holds no PEM`, { store });
};

/** PEM of the key, whichever of the forms it has that the drivers of Java take. */
const keyOf = (store: string, file: string, passphrase: string | undefined): string => {
  const bytes = fileOf(store, 'the client’s key', file);
  try {
    const isPem = bytes.includes('-----BEGIN ');
    const secret = passphrase === undefined ? {} : { passphrase };
    const key = isPem
      ? createPrivateKey({ key: bytes, format: 'pem', ...secret })
      : createPrivateKey({ key: bytes, format: 'der', type: 'pkcs8', ...secret });
    return key.export({ format: 'pem', type: 'pkcs8' }).toString();
  } catch {
    const message = `${store}: the client’s key is neither PEM nor PKCS #8 in DER, or its password is wrong`;
    throw new CofferError('configuration', message, { store });
  }
};

/**
 * Reads the files anew, so that renewed ones count at the next connection. Throws `configuration`, and never the content of
 * a file.
 */
export const readTlsFiles = (store: string, { caFile, certFile, keyFile, keyPassword }: Files): TlsFiles => ({
  ...(caFile === undefined ? {} : { ca: pemOf(store, 'trusted authorities', caFile) }),
  ...(certFile === undefined ? {} : { cert: pemOf(store, 'the client’s certificate', certFile) }),
  ...(keyFile === undefined ? {} : { key: keyOf(store, keyFile, keyPassword?.reveal()) }),
});
