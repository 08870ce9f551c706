import { decodePart } from './address/address.js';
import { refuseUrl } from './jdbc-refusal.js';

const TRUE: ReadonlySet<string> = new Set(['true', 'yes', '1', '']);
const FALSE: ReadonlySet<string> = new Set(['false', 'no', '0']);

/** `text` without percent-encoding; a `+` stays. */
export const decode = (text: string): string => decodePart(text, 'user name, password, database or parameters');

interface Parameter {
  /** As it was written. */
  readonly name: string;
  readonly value: string;
  /** The value with its percent-encoding. */
  readonly written: string;
}

/** The parameters of a JDBC address, by their names in any case, and which of them nobody has asked for. */
export class JdbcParameters {
  readonly #given = new Map<string, Parameter>();
  readonly #taken = new Set<string>();

  /** Throws `configuration` where a parameter is given twice, in whatever case, and differs. */
  constructor(query: string) {
    for (const part of query.split('&').filter((text) => text !== '')) {
      const equals = part.indexOf('=');
      const name = decode(equals < 0 ? part : part.slice(0, equals));
      const written = equals < 0 ? '' : part.slice(equals + 1);
      const value = decode(written);
      if (equals < 0 && !/ssl/i.test(name)) {
        throw refuseUrl('has a parameter without a value: write NAME=VALUE, and & in a value as %26');
      }
      const known = this.#given.get(name.toLowerCase());
      if (known !== undefined && known.value !== value) throw refuseUrl('has a parameter twice, with different values');
      this.#given.set(name.toLowerCase(), { name, value, written });
    }
  }

  take(name: string): string | undefined {
    this.#taken.add(name.toLowerCase());
    return this.#given.get(name.toLowerCase())?.value;
  }

  /** `undefined` where it is not given. Throws `configuration` for what no driver takes for true or false. */
  takeBoolean(name: string): boolean | undefined {
    const text = this.take(name)?.toLowerCase();
    if (text === undefined) return undefined;
    if (TRUE.has(text)) return true;
    if (FALSE.has(text)) return false;
    throw refuseUrl(`has ${name}, which must be true or false`);
  }

  /** One of the names in the table, in any case. */
  takeOneOf<T>(name: string, table: Readonly<Record<string, T>>): T | undefined {
    const text = this.take(name);
    if (text === undefined) return undefined;
    const found = Object.hasOwn(table, text.toLowerCase()) ? table[text.toLowerCase()] : undefined;
    if (found === undefined) throw refuseUrl(`has ${name}, which must be one of ${Object.keys(table).join(', ')}`);
    return found;
  }

  /** Those that nobody has taken, as they were written. */
  get rest(): readonly Parameter[] {
    return [...this.#given].filter(([key]) => !this.#taken.has(key)).map(([, parameter]) => parameter);
  }
}
