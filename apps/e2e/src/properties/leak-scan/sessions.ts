import { api, type Answer, type Api } from '../../harness/index.js';
import type { Marker } from '../../leak-scan/index.js';
import type { LeakReport } from '../../leak-scan/leak-report.js';
import type { MarkerTexts } from '../../leak-scan/marker-texts.js';
import type { JobIssuer } from '../../vault-clients/target.js';
import { SECRETS, VALUES } from './life.js';
import type { Users } from './logins.js';
import { RecordingClient } from './recording-client.js';

const OWN_PAGE = { 'sec-fetch-site': 'same-origin', 'x-coffer-csrf': '1' };
const WHOAMI = '/coffer/v1/main/whoami';
/** As much of a sealed text, from its middle, as is in no other. */
const [MARKER_AT, MARKER_LENGTH] = [60, 40];

type Headers = Readonly<Record<string, string>>;

/** What was given and shown, and answers in which it must not be. */
export interface SessionsSeen {
  readonly markers: readonly Marker[];
  readonly client: RecordingClient;
}

const given = async (what: string, status: number, asked: Promise<Answer>): Promise<Answer> => {
  const answer = await asked;
  if (answer.status !== status) throw new Error(`${what} was answered ${answer.status}`);
  return answer;
};

const signIn = async (plain: Api, users: Users): Promise<string> => {
  const body = { username: users.full.name, password: users.full.password };
  const answer = await given('signing in', 201, plain.call('POST', '/session', { body, headers: OWN_PAGE }));
  return /^coffer=([^;]+)/.exec(answer.headers.get('set-cookie') ?? '')?.[1] ?? '';
};

const logInAsVaultDoes = async (plain: Api, users: Users): Promise<string> => {
  const body = { password: users.full.password };
  const path = `/v1/auth/userpass/login/${users.full.name}`;
  const answer = await given('a log-in of Vault', 200, plain.call('POST', path, { body }));
  return answer.json<{ auth: { client_token: string } }>().auth.client_token;
};

/** Begins sessions and tokens, uses each in right and wrong ways, and ends them. The answers that give them are not among the evidence. */
export const useSessions = async (
  url: string,
  users: Users,
  jobs: JobIssuer,
  texts: MarkerTexts,
  report: Pick<LeakReport, 'expectShown'>,
): Promise<SessionsSeen> => {
  const plain = api(url, '', { authorization: '' });
  const client = new RecordingClient(plain);
  const session = await signIn(plain, users);
  const token = await logInAsVaultDoes(plain, users);
  const jwt = jobs.sign();
  const marker = (name: string, text: string, at = MARKER_AT): Marker => {
    const part = text.slice(at, at + MARKER_LENGTH);
    // Shown to whoever asked for it, so that the search is one.
    report.expectShown('answers', part, text);
    return { name, text: part };
  };
  const markers = [
    marker('cookie of a session', session),
    marker('token of a user', token),
    marker('JSON Web Token', jwt, jwt.lastIndexOf('.') + 1),
  ];
  const use = async (what: string, headers: Headers, key: string): Promise<void> => {
    const body = { key, value: texts.secret() };
    await client.call(`${what}: whoami`, [200], 'GET', WHOAMI, { headers });
    await client.call(`${what}: put`, [200], 'PUT', SECRETS, { headers, body });
    await client.call(`${what}: absent`, [404], 'GET', `${VALUES}/NONE`, { headers });
    await client.call(`${what}: no such route`, [404], 'GET', '/coffer/v1/main/none', { headers });
    await client.call(`${what}: a body that is none`, [400, 422], 'PUT', SECRETS, { headers, body: '{' });
  };
  const isRefused = (what: string, headers: Headers): Promise<Answer> =>
    client.call(`${what}: refused`, [401, 429], 'GET', WHOAMI, { headers });

  const bySession = { ...OWN_PAGE, cookie: `coffer=${session}` };
  await use('session', bySession, 'SESSION');
  await isRefused('session and another', { ...OWN_PAGE, cookie: `coffer=${session}; coffer=${texts.credential}` });
  await client.call('session of another origin', [401], 'PUT', SECRETS, {
    headers: { cookie: `coffer=${session}`, 'sec-fetch-site': 'cross-site' },
    body: { key: 'SESSION', value: texts.secret() },
  });
  await client.call('sign out', [204], 'DELETE', '/session', { headers: bySession });
  await isRefused('session that was signed out', bySession);
  for (const body of [
    { username: users.full.name, password: texts.password() },
    { token: texts.token() },
    { token: texts.token(), [texts.control]: 1 },
  ]) {
    await client.call('sign in by what is wrong', [401, 422, 429], 'POST', '/session', { headers: OWN_PAGE, body });
  }

  const byToken = { 'x-vault-token': token };
  await use('token of a user', { authorization: `Bearer ${token}` }, 'TOKEN');
  await client.call('token of a user: not renewable', [400], 'POST', '/v1/auth/token/renew-self', { headers: byToken });
  await client.call('revoke it', [204], 'POST', '/v1/auth/token/revoke-self', { headers: byToken });
  await isRefused('token that was revoked', { authorization: `Bearer ${token}` });

  await use('JSON Web Token', { authorization: `Bearer ${jwt}` }, 'JWT');
  await client.call('JSON Web Token in a cookie', [200], 'GET', WHOAMI, { headers: { cookie: `JWT=${jwt}` } });
  await isRefused('two that differ', { cookie: `JWT=${jwt}; JWT=${jwt}x` });
  return { markers, client };
};
