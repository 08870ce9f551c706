import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CofferError, MAX_GENERATION, type Clock, type SecretValue } from '@coffer/secrets';
import { KeptRevocations } from './kept-revocations.js';
import { createPrivateFile, refuseLooseModes } from './private-files.js';
import { rootKey } from './root-key.js';
import { SecretIdUses } from './secret-id-uses.js';
import { StateDatabase } from './state-database.js';

/**
 * Everything that a Coffer in one process keeps: the database of secrets, the root key, and a few facts about itself.
 * Held by one process at a time.
 */
export class DataFolder {
  private constructor(
    readonly path: string,
    readonly rootKey: SecretValue,
    /** Higher than at any earlier start, so that every fence of this process is above every one in the store. */
    readonly generation: number,
    private readonly state: StateDatabase,
  ) {}

  /**
   * Throws `configuration` with what to do when the folder cannot be made, is in use, made by a newer version, open to
   * others than its owner, or lacks its key.
   */
  static open(folder: string, leastGeneration = 1): DataFolder {
    const path = resolve(folder);
    makeFolder(path);
    refuseLooseModes(path);
    const file = join(path, 'state.db');
    makePrivate(file);
    const state = StateDatabase.open(file, path);
    try {
      const key = rootKey(join(path, 'root.key'), state.get('generation') !== undefined);
      return new DataFolder(path, key, raiseGeneration(state, leastGeneration), state);
    } catch (error) {
      state.close();
      throw error;
    }
  }

  /** Where the embedded database lies. */
  get database(): string {
    return join(this.path, 'secrets.db');
  }

  /** File of the events for webhooks; empty and private until it is opened. */
  outboxFile(): string {
    const file = join(this.path, 'outbox.db');
    makePrivate(file);
    return file;
  }

  /** The keyed hash of the first-start token, or that it was revoked; `undefined` until it is made. */
  get firstTokenHash(): string | undefined {
    return this.state.get('access-token-hash');
  }

  set firstTokenHash(hash: string) {
    this.state.set('access-token-hash', hash);
  }

  /** Counts the uses of secret ids. */
  get secretIdUses(): SecretIdUses {
    return new SecretIdUses(this.state);
  }

  /** Keeps what owners of sessions and tokens have ended. */
  revocations(clock: Pick<Clock, 'wall'>): KeptRevocations {
    return new KeptRevocations(this.state, clock);
  }

  /** Lets another process have the folder. */
  close(): void {
    this.state.close();
  }
}

/** Empty where it is not there, so that SQLite does not choose who may read it. */
const makePrivate = (file: string): void => {
  if (!existsSync(file)) createPrivateFile(file, '');
};

const makeFolder = (path: string): void => {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown reason';
    throw new CofferError(
      'configuration',
      `the data folder ${path} cannot be made (${reason}); choose another folder with COFFER_DATA_DIR`,
      { folder: path },
    );
  }
};

/** `least`: for a new folder on a store that another one has written to. */
const raiseGeneration = (state: StateDatabase, least: number): number => {
  const generation = Math.max(Number(state.get('generation') ?? 0) + 1, least);
  if (generation > MAX_GENERATION) {
    throw new CofferError(
      'configuration',
      `this data folder was started ${MAX_GENERATION} times, which is as often as its fences can count: copy its secrets ` +
        'to a new folder',
    );
  }
  state.set('generation', String(generation));
  return generation;
};
