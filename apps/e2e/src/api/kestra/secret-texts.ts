import { createHash } from 'node:crypto';

/** Fetching and compiling included. */
export const OBTAIN_TIMEOUT_MS = 1_800_000;

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A secret as Kestra takes it from a variable of its process. */
export const variable = (text: string): string => Buffer.from(text).toString('base64');
