import { api } from '../../harness/index.js';
import { SECRETS, VALUES } from './life.js';
import type { Marks } from '../../leak-scan/marks.js';
import { Witness } from './witness.js';

/** Users of the configuration, by name, with their passwords. */
export interface Users {
  /** May do everything. */
  readonly full: { readonly name: string; readonly password: string };
  /** May list, and nothing else. */
  readonly lister: { readonly name: string; readonly password: string };
}

const basic = (name: string, password: string): string =>
  `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;

/** Right, wrong and malformed credentials, each with a value in the request. Answers what was seen. */
export const logIn = async (url: string, users: Users, marks: Marks): Promise<Witness[]> => {
  const body = { key: 'LOGIN', value: marks.secret() };
  const attempts: readonly (readonly [string, string, number])[] = [
    ['the right password', basic(users.full.name, users.full.password), 200],
    ['a user who may not write', basic(users.lister.name, users.lister.password), 403],
    ['a wrong password', basic(users.full.name, marks.password()), 401],
    ['an unknown user', basic('nobody', marks.password()), 401],
    ['a token that was never one', `Bearer ${marks.token()}`, 401],
    ['another kind of token', `Bearer ${marks.credential}`, 401],
    ['Basic without base64', `Basic ${marks.credential}:!`, 401],
    ['an unknown scheme', `Digest response=${marks.credential}`, 401],
    ['two tokens', `Bearer ${marks.token()}, Bearer ${marks.token()}`, 401],
    ['nothing', '', 401],
  ];
  const witnesses: Witness[] = [];
  for (const [what, authorization, status] of attempts) {
    const witness = new Witness(api(url, '', { authorization }));
    witnesses.push(witness);
    // Failed logins are throttled by address; that answer must be as silent.
    const expected = status === 401 ? [401, 429] : [status, 429];
    await witness.call(`login: ${what}`, expected, 'PUT', SECRETS, { body });
    if (status !== 200) await witness.call(`read: ${what}`, expected, 'GET', `${VALUES}/LIFE`);
  }
  return witnesses;
};
