import { SecretValue } from '@coffer/secrets';
import type { z } from 'zod';
import { showPath, type Step } from '../key-case.js';
import type { LoadContext } from '../load-context.js';
import { certificatesOf, isKeyOf, privateKeyOf } from '../text-form/pem.js';
import { pemOrFile } from './pem.js';
import { secretText } from './scalars.js';

/** TLS settings of a client. Files are read once, with the configuration. */
export const clientTls = {
  ca: pemOrFile.optional().describe('PEM of the authorities to trust, or the name of a file that holds it.'),
  cert: pemOrFile
    .optional()
    .describe('PEM of the client’s own certificate with its chain, or the name of a file that holds it.'),
  key: pemOrFile.optional().describe('PEM of its private key, or the name of a file that holds it.'),
  keyPassword: secretText.optional().describe('Opens the private key where that is encrypted.'),
};

type Settings = { readonly [Name in keyof typeof clientTls]?: z.output<(typeof clientTls)[Name]> };

export interface ClientTls {
  /** PEM of the authorities to trust instead of the system's. */
  readonly ca?: string;
  /** The client's own certificate with its chain, PEM, and its key. */
  readonly own?: { readonly certificate: string; readonly key: SecretValue; readonly keyPassword?: SecretValue };
}

/** Adds errors. */
const resolveOwn = (
  { cert, key, keyPassword }: Settings,
  path: readonly Step[],
  context: LoadContext,
): ClientTls['own'] => {
  for (const [name, there, other] of [
    ['key', cert, key],
    ['cert', key, cert],
    ['key', keyPassword, key],
  ] as const) {
    if (there === undefined || other !== undefined) continue;
    context.errors.add([...path, name], 'is missing: a certificate and its key belong together');
    return undefined;
  }
  if (cert === undefined || key === undefined) return undefined;
  const certificate = context.readPem(cert, [...path, 'cert'], certificatesOf);
  const privateKey = context.readPem(key, [...path, 'key'], (pem) => privateKeyOf(pem, keyPassword?.reveal()));
  if (certificate === undefined || privateKey === undefined) return undefined;
  if (!isKeyOf(certificate, privateKey, keyPassword?.reveal())) {
    context.errors.add([...path, 'key'], `is not the key of the first certificate of ${showPath([...path, 'cert'])}`);
    return undefined;
  }
  return { certificate, key: new SecretValue(privateKey), ...(keyPassword && { keyPassword }) };
};

/**
 * The contents of the settings at a path. `speaksTls` says whether any of them has an effect; `address` names, for people, the
 * setting that decides that and what it would begin with. Adds errors.
 */
export const resolveClientTls = (
  settings: Settings,
  path: readonly Step[],
  { speaksTls, address }: { readonly speaksTls: boolean; readonly address: string },
  context: LoadContext,
): ClientTls => {
  const ca = settings.ca === undefined ? undefined : context.readCertificates(settings.ca, [...path, 'ca']);
  const own = resolveOwn(settings, path, context);
  for (const name of ['ca', 'cert'] as const) {
    if (settings[name] === undefined || speaksTls) continue;
    context.errors.add([...path, name], `has no effect: ${address} for TLS`);
  }
  return { ...(ca === undefined ? {} : { ca }), ...(own && { own }) };
};
