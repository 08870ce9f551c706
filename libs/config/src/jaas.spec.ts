import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CofferError } from '@coffer/secrets';
import { parseJaas } from './jaas.js';

interface Vectors {
  readonly accepted: readonly { readonly line: string; readonly module: string; readonly options: object }[];
  readonly refused: readonly string[];
}

const vectors = JSON.parse(readFileSync(join(__dirname, '../vectors/jaas.json'), 'utf8')) as Vectors;

const refusalOf = (line: string): string => {
  try {
    parseJaas(line);
  } catch (error) {
    if (CofferError.is(error, 'configuration')) return error.message;
    throw error;
  }
  throw new Error('it was taken');
};

const MODULE = 'org.apache.kafka.common.security.plain.PlainLoginModule';

describe('a JAAS line', () => {
  it.each(vectors.accepted)('$line', ({ line, module, options }) => {
    const entry = parseJaas(line);
    expect(entry.module).toBe(module);
    expect(Object.fromEntries(entry.options)).toEqual(options);
  });

  it.each(vectors.refused)('refuses %j as Kafka does', (line) => {
    expect(refusalOf(line)).toContain('it must be one login module');
  });

  it.each([
    [`${MODULE} required username='coffer' password='s3cret';`, 's3cret'],
    [`${MODULE} required username="coffer" password="it's";`, "it's"],
    [`${MODULE} required username="coffer" password='say "x"';`, 'say "x"'],
    [`${MODULE} required username="coffer" password="a\\"b\\\\c";`, 'a"b\\c'],
    [`${MODULE} required username="coffer" password="tab\\tand \\101";`, 'tab\tand A'],
    [`${MODULE} required username="coffer" /* password="no" */ password="yes";`, 'yes'],
    [`${MODULE} required // password="no"\n username="coffer" password="yes";`, 'yes'],
    [`${MODULE}\n  REQUIRED\n  username = "coffer"\n  password = "a;b=c" ;\n`, 'a;b=c'],
    [`${MODULE} required username="coffer" password=bare-word_1;`, 'bare-word_1'],
    [`${MODULE} required serviceName="password=no" username="coffer" password="yes";`, 'yes'],
  ])('%s', (line, password) => {
    const { options } = parseJaas(line);
    expect([options.get('username'), options.get('password')]).toEqual(['coffer', password]);
  });

  it.each([
    ['', 'begins with no login module'],
    ['; required username="canary";', 'begins with no login module'],
    ['"" required username="canary";', 'begins with no login module'],
    ['M required username="canary" ";"', 'an option without ='],
    ['M required username "=" canary;', 'an option without ='],
    ['canary', 'no control flag'],
    ['M canary username="a";', 'none of required, requisite, sufficient, optional'],
    ['M required username="a" password="canary"', 'does not end in a semicolon'],
    ['M required username="a" password="can"ary";', 'an option without ='],
    ['M required username="a" password=12canary;', 'value must stand in quotes'],
    ['M required username="a" password=can@ry;', 'something that is no option'],
    ['M required username="a" password;', 'an option without ='],
    ['M required username="a" password="canary"; N required;', 'something behind its semicolon'],
    ['M required username="a" password="canary"; canary', 'something behind its semicolon'],
  ])('refuses %j without quoting it', (line, reason) => {
    const message = refusalOf(line);
    expect(message).toContain(reason);
    expect(message).not.toMatch(/canary|can@ry/);
  });
});
