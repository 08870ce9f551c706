import { SecretValue } from '@coffer/secrets';
import { z } from 'zod';
import type { LoadContext } from '../load-context.js';
import { certificatesOf, isKeyOf, privateKeyOf } from '../text-form/pem.js';
import { pemOrFile } from './pem.js';
import { choice, secretText } from './scalars.js';

const REREAD = 'A file is read again when it changes.';

/** `coffer.server.tls`. */
export const serverTls = z
  .strictObject({
    cert: pemOrFile.describe(`PEM of the certificate with its chain, or the name of a file that holds it. ${REREAD}`),
    key: pemOrFile.describe(`PEM of its private key, or the name of a file that holds it. ${REREAD}`),
    keyPassword: secretText.optional().describe('Opens the private key where that is encrypted.'),
    clientCa: pemOrFile
      .optional()
      .describe(
        `PEM of the authorities whose client certificates count, or the name of a file that holds it. ${REREAD}`,
      ),
    clientAuth: choice(['none', 'optional', 'required'])
      .default('none')
      .describe(
        'Whether clients are asked for a certificate: `optional` lets in those without one too, `required` nobody else.',
      ),
  })
  .superRefine(({ clientCa, clientAuth }, context) => {
    if ((clientCa === undefined) === (clientAuth === 'none')) return;
    context.addIssue({
      code: 'custom',
      path: ['clientCa'],
      message:
        clientCa === undefined
          ? `is missing: clientAuth ${clientAuth} needs the authorities whose certificates count`
          : 'has no effect while clientAuth is none: set it to optional or required',
    });
  });

export interface ServerTlsConfiguration {
  /** PEM of the certificate, then its chain. */
  readonly certificate: string;
  /** PEM, as it was given. */
  readonly key: SecretValue;
  readonly keyPassword?: SecretValue;
  /** PEM of the authorities of clients. `undefined` where none are asked for a certificate. */
  readonly clientAuthorities?: string;
  readonly clientAuth: 'none' | 'optional' | 'required';
}

/** `undefined` after adding errors. */
export const resolveServerTls = (
  { cert, key, keyPassword, clientCa, clientAuth }: z.output<typeof serverTls>,
  context: LoadContext,
): ServerTlsConfiguration | undefined => {
  const path = ['coffer', 'server', 'tls'];
  const passphrase = keyPassword?.reveal();
  const certificate = context.readPem(cert, [...path, 'cert'], certificatesOf);
  const privateKey = context.readPem(key, [...path, 'key'], (pem) => privateKeyOf(pem, passphrase));
  const clientAuthorities = clientCa === undefined ? '' : context.readCertificates(clientCa, [...path, 'clientCa']);
  if (certificate === undefined || privateKey === undefined || clientAuthorities === undefined) return undefined;
  if (!isKeyOf(certificate, privateKey, passphrase)) {
    context.errors.add([...path, 'key'], 'is not the key of the first certificate of coffer.server.tls.cert');
    return undefined;
  }
  return {
    ...{ certificate, key: new SecretValue(privateKey), clientAuth },
    ...(keyPassword === undefined ? {} : { keyPassword }),
    ...(clientCa === undefined ? {} : { clientAuthorities }),
  };
};
