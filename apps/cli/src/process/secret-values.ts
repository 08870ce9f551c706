import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { CofferError } from '@coffer/secrets';
import { detailOf } from '../gateway-client.js';
import { gatewayOf, type GatewayOptions } from '../gateway-options.js';
import { RevalidatedReads } from '../revalidated-reads.js';
import type { Terminal } from '../terminal.js';
import { parseReference, type SecretReference } from './secret-reference.js';

/** What is read again is not sent again while it is the same; more than this is. */
const MAX_KEPT_BYTES = 64 * 1_048_576;

export interface SourceOptions extends GatewayOptions {
  readonly namespace: readonly string[];
  readonly inherit: boolean;
  readonly envFile: readonly string[];
}

const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CofferError('configuration', `the file ${file} cannot be read (${code ?? 'unknown reason'})`);
  }
};

/** In such files `#` begins a comment, also in a reference that is not in quotes. */
const quoteReferences = (text: string): string =>
  text.replaceAll(/^(\s*(?:export\s+)?[\w.-]+\s*=\s*)(coffer:\/\/[^\s'"]+)/gm, '$1"$2"');

const codeOf = (status: number): 'unavailable' | 'not-found' | 'invalid' =>
  status >= 500 || status === 429 ? 'unavailable' : status === 404 ? 'not-found' : 'invalid';

/** Values of secrets that a gateway gives, read as often as wanted: the token's file is read each time. */
export class SecretValues {
  readonly #reads = new RevalidatedReads(MAX_KEPT_BYTES);
  readonly #empty = new Set<string>();

  constructor(
    private readonly gateway: GatewayOptions,
    private readonly terminal: Terminal,
  ) {}

  /**
   * The values in the order in which they count: later namespaces before earlier ones, files before all. Throws `unavailable` when no
   * gateway can answer, and what the gateway says is wrong otherwise, an absent secret too.
   */
  async all({ namespace: namespaces, inherit, envFile: files }: SourceOptions): Promise<ReadonlyMap<string, string>> {
    const values = new Map<string, string>();
    const add = (more: ReadonlyMap<string, string>): void => more.forEach((value, key) => values.set(key, value));
    for (const namespace of namespaces) add(await this.#ofNamespace(namespace, inherit));
    for (const file of files) add(await this.#ofFile(file));
    return values;
  }

  /** The value that is referred to. Throws as `all` does. */
  async of({ tenant, namespace, key, subkey }: SecretReference): Promise<string> {
    const query = subkey === undefined ? '' : `?subkey=${encodeURIComponent(subkey)}`;
    const path = `/namespaces/${encodeURIComponent(namespace)}/values/${encodeURIComponent(key)}${query}`;
    const { value } = (await this.#get(path, tenant)) as { readonly value?: unknown };
    if (typeof value !== 'string') throw new CofferError('invalid', 'the gateway did not answer with a value');
    return value;
  }

  /** Every value that a namespace sees, by key. */
  async #ofNamespace(namespace: string, inherit: boolean): Promise<ReadonlyMap<string, string>> {
    const path = `/namespaces/${encodeURIComponent(namespace)}/values?inherit=${inherit}`;
    const { values } = (await this.#get(path)) as { readonly values?: Readonly<Record<string, string>> };
    const held = new Map(Object.entries(values ?? {}));
    // It may be a mistyped name.
    if (held.size === 0 && !this.#empty.has(namespace)) {
      this.#empty.add(namespace);
      this.terminal.err(`the namespace ${JSON.stringify(namespace)} has no secrets that this token may resolve\n`);
    }
    return held;
  }

  /** The variables of a file of lines `NAME=text`, with the value of the secret in place of each text that refers to one. */
  async #ofFile(file: string): Promise<ReadonlyMap<string, string>> {
    const values = new Map<string, string>();
    for (const [name, text = ''] of Object.entries(parseEnv(textOf(file, this.terminal)))) {
      try {
        const reference = parseReference(text);
        values.set(name, reference === undefined ? text : await this.of(reference));
      } catch (error) {
        if (!CofferError.is(error)) throw error;
        throw new CofferError(error.code, `${name} of ${file}: ${error.message}`);
      }
    }
    return values;
  }

  async #get(path: string, tenant = this.gateway.tenant): Promise<object> {
    const gateway = gatewayOf({ ...this.gateway, tenant }, this.terminal);
    const { status, body } = await this.#reads.read(gateway, `${tenant} ${path}`, path);
    if (status === 200 && typeof body === 'object' && body !== null) return body;
    throw new CofferError(codeOf(status), `the gateway answered ${status}: ${detailOf(body)}`);
  }
}

/** Lines `NAME=text` of a file, which Node's parser reads as they are meant. Throws `configuration`. */
export const textOf = (file: string, { cwd }: Pick<Terminal, 'cwd'>): string =>
  quoteReferences(read(resolve(cwd, file)));
