import { CofferError } from '@coffer/secrets';

/** Where a value is, as a file of variables says it: `coffer://[tenant@]namespace/KEY[#subkey]`. */
export interface SecretReference {
  readonly tenant: string | undefined;
  readonly namespace: string;
  readonly key: string;
  readonly subkey: string | undefined;
}

const SCHEME = 'coffer://';
const REFERENCE = /^coffer:\/\/(?:([^@/#]+)@)?([^@/#]+)\/([^#]+)(?:#(.+))?$/;

/** `undefined` for a text that is no reference. Throws `invalid` for one that begins as one and is none. */
export const parseReference = (text: string): SecretReference | undefined => {
  if (!text.startsWith(SCHEME)) return undefined;
  const [, tenant, namespace, key, subkey] = REFERENCE.exec(text) ?? [];
  if (namespace === undefined || key === undefined) {
    throw new CofferError('invalid', `a reference looks like ${SCHEME}[tenant@]namespace/KEY[#subkey]`);
  }
  return { tenant, namespace, key, subkey };
};
