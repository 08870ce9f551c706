import { CofferError } from '@coffer/secrets';

/** Refusals of a JDBC URL never quote it: it can hold a password. `text` continues a sentence about the URL's setting. */
export const refuseUrl = (text: string): CofferError => new CofferError('configuration', text);
