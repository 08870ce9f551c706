import { api } from '../../harness/index.js';
import { SECRETS, VALUES } from './life.js';
import type { MarkerTexts } from '../../leak-scan/marker-texts.js';
import { RecordingClient } from './recording-client.js';

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
export const logIn = async (url: string, users: Users, texts: MarkerTexts): Promise<RecordingClient[]> => {
  const body = { key: 'LOGIN', value: texts.secret() };
  const attempts: readonly (readonly [string, string, number])[] = [
    ['the right password', basic(users.full.name, users.full.password), 200],
    ['a user who may not write', basic(users.lister.name, users.lister.password), 403],
    ['a wrong password', basic(users.full.name, texts.password()), 401],
    ['an unknown user', basic('nobody', texts.password()), 401],
    ['a token that was never one', `Bearer ${texts.token()}`, 401],
    ['another kind of token', `Bearer ${texts.credential}`, 401],
    ['Basic without base64', `Basic ${texts.credential}:!`, 401],
    ['an unknown scheme', `Digest response=${texts.credential}`, 401],
    ['two tokens', `Bearer ${texts.token()}, Bearer ${texts.token()}`, 401],
    ['nothing', '', 401],
  ];
  const clients: RecordingClient[] = [];
  for (const [what, authorization, status] of attempts) {
    const client = new RecordingClient(api(url, '', { authorization }));
    clients.push(client);
    // Failed logins are throttled by address; that answer must be as silent.
    const expected = status === 401 ? [401, 429] : [status, 429];
    await client.call(`login: ${what}`, expected, 'PUT', SECRETS, { body });
    if (status !== 200) await client.call(`read: ${what}`, expected, 'GET', `${VALUES}/LIFE`);
  }
  return clients;
};
