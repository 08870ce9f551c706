import { fieldOf, fieldsOf, type ReadService, type ResolvedSecret } from '@coffer/reads';
import type { SecretPath } from '@coffer/secrets';
import { CofferError } from '@coffer/secrets';

/** What came of reading a path. */
type Read = { readonly secret: ResolvedSecret } | { readonly error: unknown };

/** A path of a batch, read once whatever is asked of it how often. */
export interface BatchPath {
  readonly path: SecretPath;
  /** The fields that are asked for; '' for the value itself. */
  readonly subkeys: Set<string>;
}

/** What a path has for a subkey. */
export type BatchAnswer = Read;

/** Reads of one batch that are under way at the same time. */
const CONCURRENCY = 16;

const answersOf = ({ subkeys }: BatchPath, read: Read): ReadonlyMap<string, BatchAnswer> => {
  const answers = new Map<string, BatchAnswer>();
  for (const subkey of subkeys) answers.set(subkey, read);
  const namedCount = subkeys.size - (subkeys.has('') ? 1 : 0);
  if ('error' in read || namedCount === 0) return answers;
  const named = new Set(subkeys);
  named.delete('');
  try {
    const fields = fieldsOf(read.secret.value, named);
    for (const subkey of named)
      answers.set(
        subkey,
        fieldIn(read.secret, () => fieldOf(fields, subkey)),
      );
  } catch (error) {
    for (const subkey of named) answers.set(subkey, { error });
  }
  return answers;
};

const fieldIn = (secret: ResolvedSecret, field: () => ResolvedSecret['value']): BatchAnswer => {
  try {
    return { secret: { ...secret, value: field() } };
  } catch (error) {
    return { error };
  }
};

/**
 * The reads of a batch, in its order and some ahead of the one that is asked for. No value is kept but in the answers
 * that are taken, and no reading goes on for those that are never asked for.
 */
export class BatchReads {
  readonly #started = new Map<BatchPath, Read | Promise<Read>>();
  #next = 0;

  constructor(
    private readonly paths: readonly BatchPath[],
    private readonly reads: Pick<ReadService, 'resolve'>,
    private readonly visible: (namespace: string) => boolean,
    /** Resolves when no read is waited for any more. */
    private readonly late: Promise<void>,
  ) {}

  /** What the path has for each of its subkeys, its value parsed once for all; at once where it was read at once. To be asked for in the order of the paths. */
  take(asked: BatchPath): ReadonlyMap<string, BatchAnswer> | Promise<ReadonlyMap<string, BatchAnswer>> {
    while (this.#next < this.paths.length && this.#started.size < CONCURRENCY) this.#start();
    const started = this.#started.get(asked) as Read | Promise<Read>;
    const answers = (read: Read): ReadonlyMap<string, BatchAnswer> => {
      this.#started.delete(asked);
      return answersOf(asked, read);
    };
    if (!(started instanceof Promise)) return answers(started);
    const timeout = (): Read => ({ error: new CofferError('timeout', 'the secret was not read in time') });
    return Promise.race([started, this.late.then(timeout)]).then(answers);
  }

  #start(): void {
    const next = this.paths[this.#next] as BatchPath;
    this.#next += 1;
    this.#started.set(next, this.#read(next.path));
  }

  #read(path: SecretPath): Read | Promise<Read> {
    const failed = (error: unknown): Read => ({ error });
    try {
      const found = this.reads.resolve({ path, inherit: true, refresh: false, visible: this.visible });
      return found instanceof Promise ? found.then((secret) => ({ secret })).catch(failed) : { secret: found };
    } catch (error) {
      return failed(error);
    }
  }
}
