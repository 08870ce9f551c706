import { CODES as MYSQL } from './mysql.js';
import { CODES as POSTGRESQL } from './postgresql.js';
import { statementFailure } from '../errors.js';
import { wordsOf } from './vendor-words.js';

describe('what a database reports', () => {
  it.each([...Object.keys(POSTGRESQL), ...Object.keys(MYSQL)])('%s has words', (code) => {
    expect(wordsOf(code.length === 2 ? `${code}999` : code)).toMatch(/^[a-zA-Z].{9,}/);
  });

  it.each([
    'ECONNREFUSED',
    'ECONNRESET',
    'EPIPE',
    'ENOTFOUND',
    'EAI_AGAIN',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'ETIMEDOUT',
  ])('%s has words', (code) => expect(wordsOf(code)).toBeDefined());

  it('is said beside its code, with what to do', () => {
    expect(statementFailure('PostgreSQL', 'unavailable', '3D000').error.message).toBe(
      'PostgreSQL: the database cannot be reached or cannot work (3D000: there is no database of that name: make it, or ' +
        'mend the name in the address)',
    );
    expect(statementFailure('MySQL', 'unavailable', 4711).error.message).toMatch(/cannot work \(4711\)$/);
  });
});
