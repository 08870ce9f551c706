import fc from 'fast-check';
import type { Backend, CallOptions } from '@coffer/backend-contract';
import {
  CofferError,
  compareCodePoints,
  fenceOf,
  SecretPath,
  SecretValue,
  type Fence,
  type Outcome,
  type SecretMetadata,
  type Tag,
} from '@coffer/secrets';
import type { ModelOutcome, ModelSecret, SecretModel } from './secret-model.js';

const CALL_TIMEOUT_MS = 60_000;

/** The store under test, and a tenant that no other run uses. */
export interface Real {
  readonly backend: Backend;
  readonly tenant: string;
}

type Command = fc.AsyncCommand<SecretModel, Real>;

const call = (): CallOptions => ({ signal: AbortSignal.timeout(CALL_TIMEOUT_MS) });

const differs = (what: string, path: string): never => {
  throw new Error(`the store and the model differ in ${what} of ${path}`);
};

const sameTags = (a: readonly Tag[], b: readonly Tag[]): boolean => JSON.stringify(a) === JSON.stringify(b);

const assertMetadata = (metadata: SecretMetadata, expected: ModelSecret, path: string): void => {
  if ((metadata.description ?? '') !== expected.description) differs('description', path);
  if (!sameTags(metadata.tags, expected.tags)) differs('tags', path);
};

const assertOutcome = async (
  calling: Promise<Outcome>,
  expected: ModelOutcome,
  model: SecretModel,
  path: string,
): Promise<void> => {
  const outcome = await calling.catch((error: unknown) => {
    if (CofferError.is(error, 'not-found')) return { outcome: 'not-found' as const };
    throw error;
  });
  if (outcome.outcome !== expected) differs(`outcome (${outcome.outcome}, not ${expected})`, path);
  if (outcome.outcome === 'superseded' && outcome.storedFence !== model.fenceOf(path)) differs('stored fence', path);
  const live = model.live(path);
  if (outcome.outcome !== 'applied') return;
  if (live !== undefined) assertMetadata(outcome.metadata, live, path);
  if (outcome.revision !== model.secrets.get(path)?.revision) differs('revision', path);
};

const command = (text: string, run: (model: SecretModel, real: Real) => Promise<void>): Command => ({
  check: () => true,
  run,
  toString: () => text,
});

const namespaces = fc.constantFrom('a', 'a.b', 'b');
const keys = fc.constantFrom('k', 'K', 'k ', 'é', '/', '🔑', '\uffee');
const places = fc.tuple(namespaces, keys);
/** Few, so that replays and late calls are common. */
const fences = fc.integer({ min: 1, max: 24 }).map((offset): Fence => fenceOf(1, BigInt(offset)));
const tags = fc
  .uniqueArray(fc.constantFrom('t', 'u', 'v'), { maxLength: 2 })
  .map((names): Tag[] => names.sort().map((key) => ({ key, value: `of ${key}` })));
const texts = fc.string({ unit: 'grapheme', maxLength: 8 });

const nameOf = ([namespace, key]: readonly [string, string]): string => `${namespace}/${key}`;
const pathOf = ([namespace, key]: readonly [string, string], { tenant }: Real): SecretPath =>
  SecretPath.of(tenant, namespace, key);

const writes = fc.record({ place: places, value: texts, description: texts, tags, fence: fences }).map((given) =>
  command(`write(${nameOf(given.place)}, ${given.fence})`, (model, real) => {
    const { place, fence, value, ...metadata } = given;
    const expected = model.replace(nameOf(place), { fence, value, ...metadata });
    const calling = real.backend.apply(
      { kind: 'put', path: pathOf(place, real), value: new SecretValue(value), metadata },
      { fence, ...call() },
    );
    return assertOutcome(calling, expected, model, nameOf(place));
  }),
);

const patches = fc.record({ description: texts, tags }, { requiredKeys: [] });
const annotations = fc.record({ place: places, patch: patches, fence: fences }).map(({ place, patch, fence }) =>
  command(`annotate(${nameOf(place)}, ${fence}, ${Object.keys(patch).join()})`, (model, real) => {
    const expected = model.annotate(nameOf(place), fence, patch);
    const calling = real.backend.apply(
      { kind: 'patch', path: pathOf(place, real), metadata: patch },
      { fence, ...call() },
    );
    return assertOutcome(calling, expected, model, nameOf(place));
  }),
);

const deletes = fc.record({ place: places, fence: fences }).map(({ place, fence }) =>
  command(`delete(${nameOf(place)}, ${fence})`, (model, real) => {
    const expected = model.replace(nameOf(place), { fence, value: null, description: '', tags: [] });
    const calling = real.backend.apply({ kind: 'delete', path: pathOf(place, real) }, { fence, ...call() });
    return assertOutcome(calling, expected, model, nameOf(place));
  }),
);

const reads = places.map((place) =>
  command(`read(${nameOf(place)})`, async (model, real) => {
    const stored = await real.backend.read(pathOf(place, real), call());
    const expected = model.live(nameOf(place));
    if (stored?.value.reveal() !== expected?.value) differs('value', nameOf(place));
    if (stored === undefined || expected === undefined) return;
    assertMetadata(stored.metadata, expected, nameOf(place));
    if (stored.revision !== expected.revision) differs('revision', nameOf(place));
  }),
);

const lists = fc.option(namespaces, { nil: undefined }).map((namespace) =>
  command(`list(${namespace ?? ''})`, async (model, real) => {
    const scope = { tenant: real.tenant, ...(namespace === undefined ? {} : { namespace }) };
    const listed: string[] = [];
    for await (const page of real.backend.list(scope, call())) {
      for (const { path, metadata, revision } of page) {
        const name = nameOf([path.namespace, path.key]);
        listed.push(name);
        const expected = model.live(name) ?? differs('existence', name);
        assertMetadata(metadata, expected, name);
        if (revision !== expected.revision) differs('revision', name);
      }
    }
    // In the store's own order.
    const expected = [...model.secrets.keys()]
      .filter((name) => model.live(name) !== undefined)
      .filter((name) => namespace === undefined || name.startsWith(`${namespace}/`))
      .sort(compareCodePoints);
    if (JSON.stringify(listed.sort(compareCodePoints)) !== JSON.stringify(expected))
      differs('list', namespace ?? 'the tenant');
  }),
);

export const commandSequences = fc.commands([writes, writes, annotations, deletes, reads, lists], {
  maxCommands: 30,
  size: 'max',
});
