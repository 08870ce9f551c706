import { CofferError } from '@coffer/secrets';
import { JavaTokens, type JavaToken } from './java-tokens.js';

/** The one login module of a JAAS line. */
export interface JaasEntry {
  readonly module: string;
  readonly options: ReadonlyMap<string, string>;
}

const RULE = 'it must be one login module: MODULE required username="…" password="…";';
const FLAGS: readonly string[] = ['required', 'requisite', 'sufficient', 'optional'];

const refuse = (reason: string): CofferError => new CofferError('configuration', `${reason}; ${RULE}`);

const isCharacter = (token: JavaToken, character: string): boolean =>
  token.kind === 'character' && token.text === character;

const textOf = (token: JavaToken, reason: string): string => {
  if (token.kind === 'text' && token.text !== undefined) return token.text;
  throw refuse(reason);
};

/**
 * `sasl.jaas.config` as Kafka's `JaasConfig` reads it. Throws `configuration` for what it would refuse, and for whatever
 * is left over; the message continues a sentence and quotes nothing.
 */
export const parseJaas = (line: string): JaasEntry => {
  const tokens = new JavaTokens(line);
  const module = textOf(tokens.next(), 'begins with no login module');
  if (module === '') throw refuse('begins with no login module');
  const flag = textOf(tokens.next(), 'has no control flag, such as required, behind its login module');
  if (!FLAGS.includes(flag.toLowerCase())) {
    throw refuse(`has a control flag that is none of ${FLAGS.join(', ')}`);
  }
  const options = new Map<string, string>();
  for (let token = tokens.next(); !isCharacter(token, ';'); token = tokens.next()) {
    if (token.kind === 'end') throw refuse('does not end in a semicolon');
    const name = textOf(
      token,
      'has something that is no option; quote a value that holds more than letters and digits',
    );
    if (!isCharacter(tokens.next(), '=')) throw refuse('has an option without = and a value behind its name');
    const value = textOf(tokens.next(), 'has an option whose value must stand in quotes');
    options.set(name, value);
  }
  if (tokens.next().kind !== 'end') throw refuse('has something behind its semicolon');
  return { module, options };
};
