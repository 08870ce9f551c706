import type { Api } from '../../harness/index.js';
import { NAMESPACE, type Load } from './load.js';
import type { Held } from './record.js';

interface Row {
  readonly key: string;
  readonly description?: string;
}

interface Item {
  readonly key: string;
  readonly value?: string;
  readonly error?: { readonly code: string };
}

const BATCH = 500;

/** What the namespace holds. Throws for any answer but a value or `not-found`. */
const held = async (api: Api, keys: readonly string[]): Promise<Map<string, Held>> => {
  const list = await api.list(`filters[namespace][EQUALS]=${NAMESPACE}&size=10000`);
  const rows = new Map(list.json<{ results: Row[] }>().results.map((row) => [row.key, row]));
  const found = new Map<string, Held>();
  for (let from = 0; from < keys.length; from += BATCH) {
    const wanted = keys.slice(from, from + BATCH).map((key) => ({ key }));
    const answer = await api.resolve(NAMESPACE, wanted);
    for (const { key, value, error } of answer.json<Item[]>()) {
      const row = rows.get(key);
      if (value === undefined && error?.code !== 'not-found') throw new Error(`${key} was answered ${error?.code}`);
      if ((value === undefined) !== (row === undefined)) throw new Error(`the list and the value of ${key} disagree`);
      found.set(key, value === undefined ? undefined : { value, description: row?.description ?? '' });
    }
  }
  return found;
};

/** How many keys hold neither what was last acknowledged nor what was asked for since; settles what was open. */
export const lostKeys = async (api: Api, load: Load): Promise<{ lost: string[]; applied: number }> => {
  const found = await held(api, [...load.records.keys()]);
  const lost: string[] = [];
  let applied = 0;
  for (const [key, record] of load.records) {
    const state = found.get(key);
    if (!record.allows(state)) lost.push(key);
    const before = record.acknowledged;
    if (record.open && (state?.value !== before?.value || state?.description !== before?.description)) applied += 1;
    record.settle(state);
  }
  return { lost, applied };
};
