import type { Filter } from '@aws-sdk/client-secrets-manager';
import { CofferError } from '@coffer/secrets';
import { STORE } from './capabilities.js';
import { fitsIntoTag, type Identity } from './layout.js';
import { hasIdentity, isLive, type SecretState } from './secret-state.js';
import type { SecretsApi } from './client.js';

/** What a filter's value may hold: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Filter.html */
const FILTERABLE = /^[a-zA-Z0-9 :_@/+=.-]*/;

/** Filters match prefixes, so the beginning of a text finds it too, among others. */
const beginningOf = (text: string): string => (FILTERABLE.exec(text)?.[0] ?? '').trimEnd();

const tagValue = (text: string): Filter => ({ Key: 'tag-value', Values: [text] });

/** Narrows a list to secrets that have each of the texts as a tag's value, as far as filters can say it. */
export const filtersFor = (...texts: readonly string[]): Filter[] => {
  const beginnings = new Set(texts.filter(fitsIntoTag).map(beginningOf));
  beginnings.delete('');
  return [...[...beginnings].map(tagValue), { Key: 'tag-key', Values: ['prefix'] }];
};

export const duplicatesError = (states: readonly SecretState[]): CofferError => {
  const names = states.map(({ name }) => name).sort();
  const text = `${STORE}: several secrets carry the same identity: ${names.join(', ')}; remove the tags of all but one`;
  return new CofferError('conflict', text, { store: STORE, names });
};

/** Finds secrets by their tags, whatever their names. */
export class SecretLocator {
  constructor(
    private readonly api: SecretsApi,
    /** Whether DescribeSecret may be used; lists lag behind by up to five minutes. */
    private readonly verify: boolean,
  ) {}

  /** Live secrets of the identity, without the one of the name `except`, sorted by name. */
  async byIdentity(identity: Identity, except: string, signal: AbortSignal): Promise<SecretState[]> {
    const { path, prefix } = identity;
    const filters = filtersFor(path.key, path.namespace, prefix);
    const found: SecretState[] = [];
    let next: string | undefined;
    do {
      const page = await this.api.page(filters, next, signal);
      found.push(...page.states.filter((state) => state.name !== except && hasIdentity(state, identity)));
      next = page.next;
    } while (next !== undefined);
    const present = this.verify ? await Promise.all(found.map(({ name }) => this.api.describe(name, signal))) : found;
    return present
      .flatMap((state) => (state !== undefined && isLive(state) && hasIdentity(state, identity) ? [state] : []))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Deleted ones too, by a list. */
  async byName(name: string, signal: AbortSignal): Promise<SecretState | undefined> {
    let next: string | undefined;
    do {
      const page = await this.api.page([{ Key: 'name', Values: [name] }], next, signal, { deleted: true });
      const state = page.states.find((candidate) => candidate.name === name);
      if (state !== undefined) return state;
      next = page.next;
    } while (next !== undefined);
    return undefined;
  }
}
