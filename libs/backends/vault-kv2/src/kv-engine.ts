import { CofferError, type JsonObject } from '@coffer/secrets';
import { STORE } from './capabilities.js';
import { versionOf, type Version } from './document/version.js';
import { isAbsence, says, statusError } from './errors.js';
import { at, integerOf } from './json.js';
import { mountPath } from './layout.js';
import type { Session } from './session/session.js';

const wrong = (reason: string): CofferError =>
  new CofferError('configuration', `${STORE}: ${reason}`, { store: STORE });

/** A KV engine of version 2. Places are percent-encoded paths below it. */
export class KvEngine {
  readonly #mount: string;
  #known = false;

  /** `mount`: the engine's path, without slashes at its ends. */
  constructor(
    private readonly session: Session,
    private readonly mount: string,
  ) {
    this.#mount = mountPath(mount);
  }

  /** The newest version; `undefined` where there never was one. */
  async read(place: string, signal: AbortSignal): Promise<Version | undefined> {
    await this.#assureVersion(signal);
    const answer = await this.session.send({ method: 'GET', path: `${this.#mount}/data/${place}` }, signal);
    if (isAbsence(answer)) return undefined;
    const version = answer.status === 200 || answer.status === 404 ? versionOf(answer.body) : undefined;
    if (version === undefined) throw statusError(answer);
    return version;
  }

  /** The version that it became; `undefined` where the newest one is no longer `cas`. */
  async write(place: string, data: JsonObject, cas: bigint, signal: AbortSignal): Promise<Written | undefined> {
    await this.#assureVersion(signal);
    const body = { data, options: { cas } };
    const answer = await this.session.send({ method: 'POST', path: `${this.#mount}/data/${place}`, body }, signal);
    if (answer.status === 400 && says(answer, 'check-and-set parameter did not match')) return undefined;
    const [number, time] = [integerOf(at(answer.body, 'data', 'version')), at(answer.body, 'data', 'created_time')];
    if (answer.status !== 200 || number === undefined || typeof time !== 'string') throw statusError(answer);
    return { number, time };
  }

  /** The names in a folder, folders with a slash at their end. */
  async list(folder: string, signal: AbortSignal): Promise<readonly string[]> {
    await this.#assureVersion(signal);
    const path = `${this.#mount}/metadata/${folder}`;
    const answer = await this.session.send({ method: 'LIST', path }, signal);
    if (isAbsence(answer)) return [];
    const names = at(answer.body, 'data', 'keys');
    if (answer.status !== 200 || !Array.isArray(names)) throw statusError(answer);
    return names.filter((name) => typeof name === 'string');
  }

  /**
   * Version 1 would take a write of version 2 for a secret named `data/…`, and answer a read of it with 404. Asks until
   * Vault has answered: it answers whoever may do anything with the engine, and nobody else.
   */
  async #assureVersion(signal: AbortSignal): Promise<void> {
    if (this.#known) return;
    const answer = await this.session.send({ method: 'GET', path: `sys/internal/ui/mounts/${this.#mount}` }, signal);
    if (answer.status >= 500 || answer.status === 429) throw statusError(answer);
    if (answer.status !== 200) return;
    const { mount } = this;
    if (at(answer.body, 'data', 'type') !== 'kv' || at(answer.body, 'data', 'path') !== `${mount}/`) {
      throw wrong(`there is no KV engine at '${mount}'; rootEngine names where it is`);
    }
    if (at(answer.body, 'data', 'options', 'version') !== '2') {
      throw wrong(
        `the KV engine at '${mount}' is of version 1, which keeps no versions and has no conditional writes; ` +
          'raise it with `vault kv enable-versioning`',
      );
    }
    this.#known = true;
  }
}

export type Written = Pick<Version, 'number' | 'time'>;
