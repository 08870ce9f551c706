import fc from 'fast-check';
import { isWithinNamespace } from '@coffer/secrets';
import type { Binding, GrantTemplate } from '../credentials.js';
import { ClaimBindings } from './claim-bindings.js';
import { claimTexts } from './claim-value.js';
import { expandNamespace } from './expand-namespace.js';
import { compileGlob } from './glob.js';

describe('globs', () => {
  it.each<[string, string, boolean]>([
    ['repo:octo-org/*', 'repo:octo-org/app', true],
    ['repo:octo-org/*', 'repo:octo-org/app/evil', false],
    ['repo:octo-org/*', 'repo:octo-orgs/app', false],
    ['repo:octo-org/**', 'repo:octo-org/app:ref:refs/heads/main', true],
    ['a.c', 'abc', false],
    ['a.c', 'a.c', true],
    ['(a|b)', 'a', false],
    ['*', '', true],
    ['*', 'a\nb', true],
    ['**', 'a/\n/b', true],
    ['A', 'a', false],
    ['\\E.*\\Q', 'x', false],
  ])('%s on %j: %s', (pattern, text, matches) => expect(compileGlob(pattern)(text)).toBe(matches));

  it('match exactly themselves where they have no star', () => {
    const text = fc.string().filter((each) => !each.includes('*'));
    fc.assert(fc.property(text, text, (pattern, other) => expect(compileGlob(pattern)(other)).toBe(pattern === other)));
    fc.assert(fc.property(text, (pattern) => expect(compileGlob(pattern)(pattern)).toBe(true)));
  });
});

describe('claims', () => {
  it('are found by their own name, or within others, and nowhere else', () => {
    const claims = {
      'kubernetes.io': { namespace: 'prod', serviceaccount: { name: 'app' } },
      'a/b': 'exact',
      a: { b: 'inner' },
    };
    expect(claimTexts(claims, 'kubernetes.io/serviceaccount/name')).toEqual(['app']);
    expect(claimTexts(claims, 'a/b')).toEqual(['exact']);
    expect(claimTexts({ groups: ['x', 7, true, null, { y: 1 }] }, 'groups')).toEqual(['x', '7', 'true']);
    for (const name of ['constructor', '__proto__', 'a/constructor/name', 'toString', 'kubernetes.io', 'none', '']) {
      expect(claimTexts(claims, name)).toEqual([]);
    }
    expect(claimTexts({ sub: 'text' }, 'sub/length')).toEqual([]);
    expect(claimTexts({ groups: ['a'] }, 'groups/0')).toEqual([]);
    expect(claimTexts({ a: null }, 'a/b')).toEqual([]);
  });
});

const template = (...parts: GrantTemplate['namespace']['parts'][number][]): GrantTemplate['namespace'] => ({
  text: parts.map((part) => (typeof part === 'string' ? part : `{{claims.${part.claim}}}`)).join(''),
  parts,
});
const TEAM = template('company.', { claim: 'team', filter: 'segment' });
const HUNDRED = Array.from({ length: 100 }, (_, at) => `t${at}`);
const PATH = template('company.', { claim: 'team', filter: 'path' });
const SLASHES = template('company.', { claim: 'team', filter: 'slashPath' });

describe('namespaces with claims in them', () => {
  it.each<[string, GrantTemplate['namespace'], unknown, readonly string[]]>([
    ['a plain segment', TEAM, 'pay-ments_1', ['company.pay-ments_1']],
    ['a list', TEAM, ['a', 'b', 'a', '*', 'c.d'], ['company.a', 'company.b']],
    ['a number', TEAM, 7, ['company.7']],
    ['an absent claim', TEAM, undefined, []],
    ['an empty claim', TEAM, '', []],
    ['a wildcard', TEAM, '*', []],
    ['a dot', TEAM, 'a.b', []],
    ['capitals', TEAM, 'Team', []],
    ['a line break', TEAM, 'a\n', []],
    ['a template', TEAM, '{{claims.sub}}', []],
    ['a slash', TEAM, 'a/b', []],
    ['a group', TEAM, { a: 'b' }, []],
    ['a path', PATH, 'a.b', ['company.a.b']],
    ['a path with an empty part', PATH, 'a..b', []],
    ['a path that ends in a dot', PATH, 'a.', []],
    ['a path of slashes where dots are meant', PATH, 'a/b', []],
    ['a path of slashes', SLASHES, 'a/b', ['company.a.b']],
    ['a path of slashes with a dot in a part', SLASHES, 'a.b', []],
    ['a path upward', SLASHES, '../x', []],
    ['a path with an empty part between slashes', SLASHES, 'a//b', []],
    ['what begins a namespace with a hyphen', template({ claim: 'team', filter: 'segment' }), '-a', []],
    ['what is too long', TEAM, 'a'.repeat(300), []],
    ['as many as may be', TEAM, HUNDRED, HUNDRED.map((team) => `company.${team}`)],
    ['too many', TEAM, Array.from({ length: 101 }, (_, at) => `t${at}`), []],
  ])('%s', (_what, namespace, team, expected) => {
    expect(expandNamespace(namespace, team === undefined ? {} : { team })).toEqual(expected);
  });

  it('never reach beyond what is written in front of the claim, whatever the claim is', () => {
    const anything = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('*', '..', 'a.*', '.', '', 'a/../b'),
    );
    fc.assert(
      fc.property(
        fc.oneof(anything, fc.array(anything), fc.jsonValue()),
        fc.constantFrom(TEAM, PATH, SLASHES),
        (team, namespace) => {
          for (const each of expandNamespace(namespace, { team })) {
            expect(isWithinNamespace(each, 'company')).toBe(true);
            expect(each).not.toBe('company');
            if (namespace === TEAM) expect(each.split('.')).toHaveLength(2);
          }
        },
      ),
      { numRuns: 5_000 },
    );
  });
});

describe('bindings', () => {
  const grant = (
    namespace: GrantTemplate['namespace'],
    ...permissions: GrantTemplate['permissions'][number][]
  ): GrantTemplate => ({
    tenant: 'main',
    namespace,
    permissions,
  });
  const bindings: Binding[] = [
    {
      when: [
        { claim: 'repository_owner', patterns: ['octo-org', 'other'] },
        { claim: 'ref', patterns: ['refs/heads/*'] },
      ],
      grants: [grant(TEAM, 'resolve'), grant(template('common'), 'list')],
    },
    { when: [{ claim: 'groups', patterns: ['admins'] }], grants: [grant({ text: '*', parts: ['*'] }, 'admin')] },
  ];
  const shown = (claims: object) =>
    new ClaimBindings(bindings, 'the issuer x')
      .grantsOf(claims as Record<string, unknown>)
      .map(({ namespace, origin }) => `${namespace} by ${origin}`);

  it('give the grants of every binding of which all claims match', () => {
    const claims = { repository_owner: 'octo-org', ref: 'refs/heads/main', team: 'a' };
    expect(shown(claims)).toEqual(['company.a by bindings[0].grants[0]', 'common by bindings[0].grants[1]']);
    expect(shown({ ...claims, groups: ['users', 'admins'] })).toHaveLength(3);
    expect(shown({ ...claims, team: '*' })).toEqual(['common by bindings[0].grants[1]']);
    expect(shown({ ...claims, ref: 'refs/heads/a/b' })).toEqual([]);
    expect(shown({ ...claims, repository_owner: undefined })).toEqual([]);
    expect(shown({ groups: 'admins ' })).toEqual([]);
    expect(shown({})).toEqual([]);
  });

  it('grant the same for what they keep of claims, which is no more than they look at', () => {
    const all = new ClaimBindings(
      [...bindings, { when: [{ claim: 'a/b', patterns: ['x*'] }], grants: [grant(TEAM, 'list')] }],
      'the issuer x',
    );
    const claims = {
      ...{ repository_owner: 'octo-org', ref: 'refs/heads/main', team: ['a', 7, 'B'], groups: ['users', 'admins'] },
      ...{ a: { b: ['x1', 'y'] }, email: 'ann@example.com' },
    };
    const kept = all.relevantOf(claims);
    expect(kept).toEqual({
      ...{ repository_owner: 'octo-org', ref: 'refs/heads/main', team: ['a', '7', 'B'], groups: 'admins', 'a/b': 'x1' },
    });
    expect(all.grantsOf(kept)).toEqual(all.grantsOf(claims));
    expect(all.grantsOf(kept).length).toBeGreaterThan(4);
    expect(all.relevantOf({ email: 'ann@example.com' })).toEqual({});
  });

  it('put into a namespace those values of a claim alone that matched, where `when` names it', () => {
    const both = template('company.', { claim: 'groups', filter: 'segment' }, '.', {
      claim: 'team',
      filter: 'segment',
    });
    const given = new ClaimBindings(
      [
        {
          when: [{ claim: 'groups', patterns: ['team-*', 'ops'] }],
          grants: [grant(template('company.', { claim: 'groups', filter: 'segment' }), 'resolve'), grant(both, 'list')],
        },
      ],
      'the issuer x',
    );
    const namespaces = (claims: object) =>
      given.grantsOf(claims as Record<string, unknown>).map(({ namespace }) => namespace);
    const groups = ['finance', 'team-a', 'ops', 'team-a', `team-${'b'.repeat(5_000)}`, 'team-c/d'];
    expect(namespaces({ groups })).toEqual(['company.team-a', 'company.ops']);
    expect(namespaces({ groups, team: ['x', 'y'] })).toEqual([
      ...['company.team-a', 'company.ops'],
      ...['company.team-a.x', 'company.team-a.y', 'company.ops.x', 'company.ops.y'],
    ]);
    expect(namespaces({ groups: 'team-a' })).toEqual(['company.team-a']);
    expect(namespaces({ groups: ['finance'] })).toEqual([]);
  });
});

it('a claim counts up to 4,096 characters, of one that is in a namespace alone whatever it is', () => {
  const of = new ClaimBindings(
    [
      {
        when: [{ claim: 'sub', patterns: ['a*'] }],
        grants: [{ tenant: 'main', namespace: TEAM, permissions: ['list'] }],
      },
    ],
    'a test',
  );
  const [longest, longer] = ['a'.repeat(4_096), 'a'.repeat(4_097)];
  expect(of.relevantOf({ sub: [longest, longer, 'b'], team: ['x', longest, longer], other: 'y' })).toEqual({
    sub: longest,
    team: ['x', longest],
  });
  expect([of.grantsOf({ sub: longest, team: 'x' }).length, of.grantsOf({ sub: longer, team: 'x' }).length]).toEqual([
    1, 0,
  ]);
});

it('of a claim that is bound, no more than what may match is relevant, in whatever else it stands', () => {
  const binding: Binding = {
    when: [{ claim: 'team', patterns: ['pay-*'] }],
    grants: [{ tenant: 'main', namespace: TEAM, permissions: ['list'] }],
  };
  const bindings = new ClaimBindings([binding], 'the issuer');
  expect(bindings.relevantOf({ team: ['pay-a', 'other', 'pay-b'], more: 'x' })).toEqual({ team: ['pay-a', 'pay-b'] });
  expect(bindings.relevantOf({ team: ['pay-a', 'other'] })).toEqual({ team: 'pay-a' });
  expect(bindings.relevantOf({ team: 'other' })).toEqual({});
});
