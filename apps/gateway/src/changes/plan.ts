import { may, type Permission, type Principal } from '@coffer/access';
import type { CatalogueEntry } from '@coffer/catalogue';
import type { ListService, ReadService } from '@coffer/reads';
import {
  CofferError,
  parseTags,
  SecretPath,
  SecretValue,
  type Mutation,
  type Precondition,
  type Tag,
} from '@coffer/secrets';
import { lacksPermission } from '../http/endpoint/authorize.js';
import type { StoreRegistry } from '../process/gateway-parts.js';
import type { ChangeItem, EFFECTS } from './schemas.js';

export type Effect = (typeof EFFECTS)[number];

/** An item whose names are names; its paths are those that it reads and writes. */
export interface ParsedItem {
  readonly item: ChangeItem;
  readonly target: SecretPath;
  /** Source of a copy or move. */
  readonly source?: SecretPath;
}

/** What an item would do. */
export interface Planned extends ParsedItem {
  readonly effect: Exclude<Effect, 'refused'>;
  /** What the catalogue knows of the target, where the caller may list it. */
  readonly entry?: CatalogueEntry | undefined;
  /** What is to be written, of an item that says it; a copy's value is read when its turn comes. */
  readonly mutation?: Mutation<'put' | 'patch' | 'delete'>;
}

export interface PlannerOptions {
  readonly tenant: string;
  readonly principal: Principal;
  readonly reads: Pick<ReadService, 'resolve'>;
  readonly lists: Pick<ListService, 'find'>;
  readonly stores: Pick<StoreRegistry, 'of'>;
}

/** What an item demands of its target. */
export const preconditionOf = ({ ifMatch, ifNoneMatch }: ChangeItem): { readonly precondition?: Precondition } => {
  if (ifNoneMatch !== undefined && ifMatch !== undefined) {
    throw new CofferError('invalid', 'invalid item: ifMatch and ifNoneMatch are not given together');
  }
  if (ifNoneMatch !== undefined) return { precondition: 'absent' };
  return ifMatch === undefined ? {} : { precondition: { versions: [ifMatch] } };
};

const described = (description: string | undefined): { readonly description?: string } =>
  description === undefined || description === '' ? {} : { description };

const withTags = (own: readonly Tag[], { add = [], remove = [] }: Extract<ChangeItem, { action: 'tag' }>): Tag[] => {
  const gone = new Set([...remove, ...add.map(({ key }) => key)]);
  return parseTags([...own.filter(({ key }) => !gone.has(key)), ...add]);
};

const sameTags = (a: readonly Tag[], b: readonly Tag[]): boolean =>
  a.length === b.length && a.every(({ key, value }, at) => key === b[at]?.key && value === b[at].value);

const notFound = ({ namespace, key }: SecretPath): CofferError =>
  new CofferError('not-found', `there is no secret '${key}' in the namespace '${namespace}'`);

/** Works out what each item would do. Throws, for an item, the reason for which it is refused. */
export class Planner {
  constructor(private readonly options: PlannerOptions) {}

  parse(item: ChangeItem): ParsedItem {
    const target = SecretPath.of(this.options.tenant, item.namespace, item.key);
    if (item.action !== 'copy' && item.action !== 'move') return { item, target };
    const source = SecretPath.of(this.options.tenant, item.from.namespace, item.from.key);
    if (source.toString() !== target.toString()) return { item, target, source };
    throw new CofferError('invalid', `a secret is not copied or moved to where it is: name another namespace or key`);
  }

  async plan(parsed: ParsedItem): Promise<Planned> {
    const { item, target, source } = parsed;
    this.#require(item.action === 'delete' ? 'delete' : 'write', target);
    if (source !== undefined) this.#require('resolve', source);
    if (source !== undefined && item.action === 'move') this.#require('delete', source);
    const { precondition } = preconditionOf(item);
    const listed = this.#may('list', target);
    const entry = listed ? await this.options.lists.find(target) : undefined;
    if (listed && precondition !== undefined) {
      const holds = precondition === 'absent' ? entry === undefined : entry?.version === item.ifMatch;
      if (!holds)
        throw new CofferError('precondition-failed', 'the secret is not at the version that the item demands');
    }
    const mutation = this.#mutation(parsed, entry, listed);
    const { backend } = this.options.stores.of(target);
    if (mutation !== undefined) backend.validate(mutation);
    const planned = { ...parsed, entry, ...(mutation === undefined ? {} : { mutation }) };
    if (source !== undefined) return { ...planned, effect: await this.#effectOfCopy(parsed, source, entry, listed) };
    if (item.action === 'delete') return { ...planned, effect: listed && entry === undefined ? 'same' : 'delete' };
    if (!listed) return { ...planned, effect: 'write' };
    if (entry === undefined) {
      if (item.action !== 'put') throw notFound(target);
      return { ...planned, effect: 'create' };
    }
    return { ...planned, effect: (await this.#isSame(mutation, entry, target)) ? 'same' : 'change' };
  }

  #mutation({ item, target: path }: ParsedItem, entry: CatalogueEntry | undefined, listed: boolean) {
    const precondition = preconditionOf(item);
    switch (item.action) {
      case 'put': {
        const value = new SecretValue(item.value);
        if (item.keepsMetadata !== true || (item.description === undefined && item.tags === undefined)) {
          const metadata = { ...described(item.description), tags: parseTags(item.tags ?? []) };
          // The worker knows what is there to be kept.
          const keeps = item.keepsMetadata === true ? ({ keepsMetadata: true } as const) : {};
          return { kind: 'put', path, value, metadata, ...keeps, ...precondition } as const;
        }
        if (!listed) this.#require('list', path);
        const metadata = {
          ...described(item.description ?? entry?.description),
          tags: parseTags(item.tags ?? entry?.tags ?? []),
        };
        // What is kept must be what is there.
        const known = { precondition: entry === undefined ? ('absent' as const) : { versions: [entry.version] } };
        return { kind: 'put', path, value, metadata, ...known, ...precondition } as const;
      }
      case 'patch': {
        const { description, tags } = item;
        const metadata = {
          ...(description === undefined ? {} : { description }),
          ...(tags === undefined ? {} : { tags: parseTags(tags) }),
        };
        return { kind: 'patch', path, metadata, ...precondition } as const;
      }
      case 'tag': {
        if (!listed) this.#require('list', path);
        if (entry === undefined) throw notFound(path);
        // Tags are set as a whole, so those that are known must be those that are there.
        const known = { precondition: { versions: [entry.version] } };
        return { kind: 'patch', path, metadata: { tags: withTags(entry.tags, item) }, ...known } as const;
      }
      case 'delete':
        return { kind: 'delete', path, ...precondition } as const;
      default:
        return undefined;
    }
  }

  async #effectOfCopy(
    { item, target }: ParsedItem,
    source: SecretPath,
    entry: CatalogueEntry | undefined,
    listed: boolean,
  ): Promise<'create' | 'change' | 'same' | 'write'> {
    const value = await this.#valueOf(source);
    if (value === undefined) throw notFound(source);
    const metadata = { tags: [] };
    this.options.stores.of(target).backend.validate({ kind: 'put', path: target, value, metadata });
    if (item.action === 'move') {
      this.options.stores.of(source).backend.validate({ kind: 'delete', path: source });
    }
    if (!listed) return 'write';
    if (entry === undefined) return 'create';
    // A move changes its source at least.
    if (item.action === 'move' || !this.#may('resolve', target)) return 'change';
    const [from, there] = await Promise.all([this.options.lists.find(source), this.#valueOf(target)]);
    const alike = from?.description === entry.description && sameTags(from?.tags ?? [], entry.tags);
    return alike && there?.reveal() === value.reveal() ? 'same' : 'change';
  }

  /** A caller who may not read the value does not learn whether it is the one that they send. */
  async #isSame(mutation: Planned['mutation'], entry: CatalogueEntry, target: SecretPath): Promise<boolean> {
    if (mutation === undefined || mutation.kind === 'delete') return false;
    const { description, tags } = mutation.metadata;
    const isKept = mutation.kind === 'put' && mutation.keepsMetadata === true;
    const wanted = mutation.kind === 'put' ? (description ?? '') : (description ?? entry.description ?? '');
    const isAlike = wanted === (entry.description ?? '') && sameTags(tags ?? entry.tags, entry.tags);
    if (!isKept && !isAlike) return false;
    if (mutation.kind === 'patch') return true;
    if (!this.#may('resolve', target)) return false;
    return (await this.#valueOf(target))?.reveal() === mutation.value.reveal();
  }

  async #valueOf(path: SecretPath): Promise<SecretValue | undefined> {
    try {
      const request = { path, inherit: false, visible: () => true };
      return (await this.options.reads.resolve(request)).value;
    } catch (error) {
      if (CofferError.is(error, 'not-found')) return undefined;
      throw error;
    }
  }

  #may(permission: Permission, { tenant, namespace }: SecretPath): boolean {
    return may(this.options.principal, permission, tenant, namespace);
  }

  #require(permission: Permission, path: SecretPath): void {
    if (this.#may(permission, path)) return;
    throw lacksPermission(permission, path);
  }
}
