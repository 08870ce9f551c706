import { hash } from 'node:crypto';

/** Tells one credential from another of the same name, and says nothing else of it. */
export const fingerprintOf = (credential: string | Buffer): string => hash('sha256', credential, 'base64url');
