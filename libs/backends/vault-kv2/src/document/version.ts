import { isJsonObject, type JsonObject } from '@coffer/secrets';
import { at, integerOf } from '../json.js';

/** One version of a secret as the engine holds it. */
export interface Version {
  /** Counts from 1; Vault keeps 64 bits. */
  readonly number: bigint;
  /** When it was written; numbers begin anew when somebody deletes the secret with its history. */
  readonly time: string;
  /** `undefined` where another program has deleted or destroyed it. */
  readonly data: JsonObject | undefined;
  /** The secret's custom metadata, which other programs set. */
  readonly custom: JsonObject;
}

export const versionText = ({ number, time }: Pick<Version, 'number' | 'time'>): string => `${number}@${time}`;

/** The version in the answer to a read; `undefined` where there never was one. */
export const versionOf = (body: unknown): Version | undefined => {
  const metadata = at(body, 'data', 'metadata');
  const [number, time] = [integerOf(at(metadata, 'version')), at(metadata, 'created_time')];
  if (number === undefined || typeof time !== 'string') return undefined;
  const [data, custom] = [at(body, 'data', 'data'), at(metadata, 'custom_metadata')];
  return { number, time, data: isJsonObject(data) ? data : undefined, custom: isJsonObject(custom) ? custom : {} };
};
