import { shallowReactive } from 'vue';
import type { SecretRow, SecretState } from '../api/types.js';
import { addressOf } from '../router/secret-address.js';
import { onForget } from './session.js';

/** Of secrets that drifted, those that somebody chose not to be told of: until the page is loaded anew, or they drift again. */
const ignored = shallowReactive(new Set<string>());
onForget(() => ignored.clear());

type Drifted = Pick<SecretRow, 'namespace' | 'key' | 'version'>;
const nameOf = (row: Drifted): string => `${addressOf(row)} ${row.version ?? ''}`;

export const ignoreDrift = (row: Drifted): void => void ignored.add(nameOf(row));

/** The states of a row but for drift that is ignored. */
export const statesOf = (row: SecretRow): SecretState[] =>
  ignored.has(nameOf(row)) ? row.states.filter((state) => state === 'writing') : row.states;
