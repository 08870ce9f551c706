import { SecretValue } from '@coffer/secrets';
import type { Credentials } from './credentials.js';
import { administratorsOf } from './first-start-token.js';
import type { Grant } from './principal.js';

const admin: Grant = { tenant: 'main', namespace: '*', permissions: ['list', 'admin'] };
const notAdmin: Grant[] = [
  { tenant: '*', namespace: 'company', permissions: ['admin'] },
  { tenant: '*', namespace: '*', permissions: ['list', 'resolve', 'write', 'delete'] },
];
const credentials = (tokens: Record<string, Grant[]>, users: Record<string, Grant[]>): Credentials => ({
  tokens: Object.entries(tokens).map(([id, grants]) => ({ id, hash: '', grants })),
  users: Object.entries(users).map(([username, grants]) => ({ username, passwordHash: new SecretValue(''), grants })),
});

describe('administratorsOf', () => {
  it('names the tokens and users that administer every namespace of a tenant', () => {
    const given = credentials({ ci: [...notAdmin, admin], app: notAdmin }, { ada: [admin], bob: notAdmin, eve: [] });
    expect(administratorsOf(given)).toEqual(['token:ci', 'user:ada']);
  });

  it('names nobody where nobody does', () => {
    expect(administratorsOf(credentials({ app: notAdmin }, { bob: notAdmin }))).toEqual([]);
  });
});
