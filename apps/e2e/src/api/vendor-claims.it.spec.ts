/** @servers moto */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Authenticator } from '@coffer/access';
import { loadConfiguration } from '@coffer/config';
import { KeyRing } from '@coffer/crypto';
import { CofferError, SecretValue } from '@coffer/secrets';
import { signClaims } from '@coffer/test-servers/joserfc';
import { removeFolder, scratchFolder } from '../harness/index.js';

const folder = scratchFolder();
const jwksFile = join(folder, 'jwks.json');
const sharedKeyFile = join(folder, 'shared-key.json');
afterAll(() => removeFolder(folder));

const CONFIGURATION = `
coffer:
  access:
    issuers:
      - id: github
        preset: github
        audience: https://github.com/octo-org
        jwksFile: ${jwksFile}
        bindings:
          - when: {repository: octo-org/*, ref: refs/heads/main, event_name: [push, workflow_dispatch]}
            grants: [{tenant: main, namespace: 'company.{{claims.environment}}', permissions: resolve}]
      - id: gitlab
        preset: gitlab
        audience: https://coffer.example.com
        jwksFile: ${jwksFile}
        bindings:
          - when: {namespace_path: my-group/**, ref_protected: 'true'}
            grants: [{tenant: main, namespace: 'gitlab.{{claims.project_path | slashPath}}', permissions: [list, resolve]}]
      - id: cluster
        preset: kubernetes
        audience: coffer
        jwksFile: ${jwksFile}
        bindings:
          - when: {sub: 'system:serviceaccount:*:external-secrets'}
            grants: [{tenant: main, namespace: 'k8s.{{claims.kubernetes.io/namespace}}', permissions: resolve}]
      - id: kestra
        preset: kestra
        issuer: kestra
        jwksFile: ${sharedKeyFile}
        bindings:
          - when: {sub: '*@example.com'}
            grants: [{tenant: main, namespace: company, permissions: [list, resolve]}]
`;

const times = { iat: 0, nbf: 0, exp: 0 };
const now = Math.floor(Date.now() / 1_000);
Object.assign(times, { iat: now, nbf: now - 5, exp: now + 3_600 });

const GITHUB = {
  ...times,
  iss: 'https://token.actions.githubusercontent.com',
  aud: 'https://github.com/octo-org',
  sub: 'repo:octo-org/octo-repo:environment:prod',
  jti: 'example-id',
  environment: 'prod',
  ref: 'refs/heads/main',
  ref_type: 'branch',
  sha: 'example-sha',
  repository: 'octo-org/octo-repo',
  repository_id: '74',
  repository_owner: 'octo-org',
  repository_owner_id: '65',
  repository_visibility: 'private',
  run_id: 'example-run-id',
  run_number: '10',
  run_attempt: '2',
  actor: 'octocat',
  actor_id: '12',
  workflow: 'example-workflow',
  head_ref: '',
  base_ref: '',
  event_name: 'workflow_dispatch',
  job_workflow_ref: 'octo-org/octo-automation/.github/workflows/oidc.yml@refs/heads/main',
};
const GITLAB = {
  ...times,
  iss: 'https://gitlab.com',
  aud: 'https://coffer.example.com',
  sub: 'project_path:my-group/sub/my-project:ref_type:branch:ref:main',
  namespace_id: '72',
  namespace_path: 'my-group/sub',
  project_id: '20',
  project_path: 'my-group/sub/my-project',
  user_id: '1',
  user_login: 'sample-user',
  pipeline_id: '574',
  pipeline_source: 'push',
  job_id: '302',
  ref: 'main',
  ref_type: 'branch',
  ref_path: 'refs/heads/main',
  ref_protected: 'true',
  runner_id: 1,
  runner_environment: 'self-hosted',
  jti: '235b3a54-b797-45c7-ae9a-f72d7bc6ef5b',
};
const KUBERNETES = {
  ...times,
  iss: 'https://kubernetes.default.svc.cluster.local',
  aud: ['coffer'],
  sub: 'system:serviceaccount:payments:external-secrets',
  jti: 'a2b1',
  'kubernetes.io': {
    namespace: 'payments',
    node: { name: 'node-1', uid: '646e' },
    pod: { name: 'external-secrets-0', uid: '5e0b' },
    serviceaccount: { name: 'external-secrets', uid: '14ee' },
  },
};

/** As Micronaut's generator of claims makes them, by which Kestra signs its sessions: `iss` is the name of the application. */
const KESTRA = { ...times, iss: 'kestra', sub: 'ann@example.com', roles: [] };

type Case = readonly [what: string, claims: object, expected: string];

const CASES: readonly Case[] = [
  ['GitHub', GITHUB, 'jwt:github:repo:octo-org/octo-repo:environment:prod company.prod'],
  ['GitHub, of another organisation', { ...GITHUB, repository: 'evil-org/octo-org' }, 'unauthorized'],
  ['GitHub, of another branch', { ...GITHUB, ref: 'refs/heads/main-2' }, 'unauthorized'],
  ['GitHub, of a pull request', { ...GITHUB, event_name: 'pull_request_target' }, 'unauthorized'],
  ['GitHub, with an environment that is a path', { ...GITHUB, environment: 'prod.secrets' }, 'unauthorized'],
  ['GitHub, without an environment', { ...GITHUB, environment: undefined }, 'unauthorized'],
  ['GitHub, for another audience', { ...GITHUB, aud: 'https://github.com/evil-org' }, 'unauthorized'],
  ['GitLab', GITLAB, `jwt:gitlab:${GITLAB.sub} gitlab.my-group.sub.my-project`],
  ['GitLab, of a branch without protection', { ...GITLAB, ref_protected: 'false' }, 'unauthorized'],
  ['GitLab, of another group', { ...GITLAB, namespace_path: 'my-groups/sub' }, 'unauthorized'],
  ['GitLab, of a project with a dot', { ...GITLAB, project_path: 'my-group.sub/x' }, 'unauthorized'],
  ['Kubernetes', KUBERNETES, `jwt:cluster:${KUBERNETES.sub} k8s.payments`],
  [
    'Kubernetes, of another service account',
    { ...KUBERNETES, sub: 'system:serviceaccount:payments:default' },
    'unauthorized',
  ],
  ['Kubernetes, for the API server', { ...KUBERNETES, aud: ['https://kubernetes.default.svc'] }, 'unauthorized'],
  ['Kubernetes, expired', { ...KUBERNETES, exp: now - 31 }, 'unauthorized'],
];

/** Signed with the secret of an installation of Kestra. */
const SHARED_KEY_CASES: readonly Case[] = [
  ['Kestra', KESTRA, 'jwt:kestra:ann@example.com company'],
  ['Kestra, of somebody whom no binding is for', { ...KESTRA, sub: 'ann@example.org' }, 'unauthorized'],
  ['Kestra, of another application', { ...KESTRA, iss: 'micronaut' }, 'unauthorized'],
  ['Kestra, expired', { ...KESTRA, exp: now - 31 }, 'unauthorized'],
  ['Kestra, not yet', { ...KESTRA, nbf: now + 600 }, 'unauthorized'],
  ['GitHub, by the secret of Kestra', GITHUB, 'unauthorized'],
];
const ALL_CASES = [...CASES, ['Kestra, by the key of another issuer', KESTRA, 'unauthorized'] as const];

let authenticator: Authenticator;
/** In the order of the cases. Signed by joserfc: another implementation than the one that verifies. */
let tokens: readonly string[];
let sharedKeyTokens: readonly string[];
beforeAll(async () => {
  const signed = await signClaims(
    ALL_CASES.map(([, claims]) => claims),
    () => undefined,
  );
  tokens = signed.tokens;
  writeFileSync(jwksFile, signed.jwks);
  const shared = await signClaims(
    SHARED_KEY_CASES.map(([, claims]) => claims),
    () => undefined,
    'HS256',
  );
  sharedKeyTokens = shared.tokens;
  writeFileSync(sharedKeyFile, shared.jwks);
  const ring = await KeyRing.derive([
    { id: 'k', secret: new SecretValue(randomBytes(32).toString('base64')), active: true },
  ]);
  const { access } = loadConfiguration({ env: {}, argv: ['--config', 'c.yml'], readFile: () => CONFIGURATION });
  authenticator = new Authenticator(ring, access, { throttle: { failures: 1_000, windowMs: 60_000 } });
});

/** Who it is and which namespaces it has, or the code of the refusal. */
const outcome = async (token: string): Promise<string> => {
  try {
    const { id, grants } = await authenticator.authenticate({ authorization: `Bearer ${token}`, address: '' });
    return `${id} ${grants.map(({ namespace }) => namespace).join(' ')}`;
  } catch (error) {
    return CofferError.is(error) ? error.code : String(error);
  }
};

it.each(ALL_CASES.map(([what, , expected], index) => [what, index, expected] as const))(
  'a token of %s is what its claims say',
  async (_what, index, expected) => {
    expect(await outcome(tokens[index] ?? '')).toBe(expected);
  },
);

it.each(SHARED_KEY_CASES.map(([what, , expected], index) => [what, index, expected] as const))(
  'a token of %s that a secret of both sides signed is what its claims say',
  async (_what, index, expected) => {
    expect(await outcome(sharedKeyTokens[index] ?? '')).toBe(expected);
  },
);

it('a token of the same claims with another signature is none', async () => {
  const [head = '', body = '', signature = ''] = (tokens[0] ?? '').split('.');
  const other = signature.startsWith('A') ? `B${signature.slice(1)}` : `A${signature.slice(1)}`;
  expect(await outcome([head, body, other].join('.'))).toBe('unauthorized');
});
