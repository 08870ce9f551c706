import fc from 'fast-check';
import { may, mayAnywhere, visibleNamespace } from './permissions.js';
import { PERMISSIONS, type Grant, type Permission, type Principal } from './principal.js';

const principal = (...grants: Grant[]): Principal => ({ id: 'token:t', grants });
const grant = (namespace: string, permissions: Permission[] = ['resolve'], tenant = 'main'): Grant => ({
  tenant,
  namespace,
  permissions,
});

describe('permissions', () => {
  it('deny everything without a grant', () => {
    for (const permission of PERMISSIONS) {
      expect(may(principal(), permission, 'main', 'company')).toBe(false);
      expect(may(principal(), permission, 'main')).toBe(false);
      expect(mayAnywhere(principal(), permission, 'main')).toBe(false);
      expect(visibleNamespace(principal(), permission, 'main')('company')).toBe(false);
    }
  });

  it.each([
    ['company', true],
    ['company.team', true],
    ['company.team.app', true],
    ['companyx', false],
    ['company-x', false],
    ['company_x.team', false],
    ['compan', false],
    ['other.company', false],
  ])('a grant on company covers %s: %s', (namespace, covered) => {
    expect(may(principal(grant('company')), 'resolve', 'main', namespace)).toBe(covered);
  });

  it('a grant on a child covers neither its parent nor its siblings', () => {
    const caller = principal(grant('company.team'));
    expect(['company', 'company.teams', 'company.other'].map((n) => may(caller, 'resolve', 'main', n))).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('keep tenants apart unless the grant is for all of them', () => {
    expect(may(principal(grant('*')), 'resolve', 'other', 'company')).toBe(false);
    expect(may(principal(grant('company', ['resolve'], '*')), 'resolve', 'other', 'company.team')).toBe(true);
    expect(may(principal(grant('company', ['resolve'], '*')), 'resolve', 'other', 'companyx')).toBe(false);
  });

  it('hold for a whole tenant only by a grant on all its namespaces', () => {
    expect(may(principal(grant('company')), 'resolve', 'main')).toBe(false);
    expect(mayAnywhere(principal(grant('company')), 'resolve', 'main')).toBe(true);
    expect(mayAnywhere(principal(grant('company')), 'resolve', 'other')).toBe(false);
    expect(may(principal(grant('*')), 'resolve', 'main')).toBe(true);
  });

  it('do not imply one another, admin included', () => {
    for (const held of PERMISSIONS) {
      for (const asked of PERMISSIONS) {
        expect(may(principal(grant('*', [held], '*')), asked, 'main', 'company')).toBe(held === asked);
      }
    }
  });

  describe('against the definition by segments', () => {
    const segment = fc.constantFrom('a', 'b', 'ab', 'a-b', 'company', 'companyx', 'c_1');
    const namespace = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => segments.join('.'));
    const tenant = fc.constantFrom('main', 'other');
    const anyGrant = fc.record({
      tenant: fc.oneof(tenant, fc.constant('*')),
      namespace: fc.oneof(namespace, fc.constant('*')),
      permissions: fc.subarray([...PERMISSIONS]),
    });
    const permission = fc.constantFrom(...PERMISSIONS);

    /** A grant covers a namespace whose first segments are the grant's. */
    const covered = (held: Grant, asked: string): boolean => {
      const prefix = held.namespace.split('.');
      const segments = asked.split('.');
      return held.namespace === '*' || prefix.every((part, index) => segments[index] === part);
    };

    it('may, visibleNamespace and mayAnywhere agree with it', () => {
      fc.assert(
        fc.property(fc.array(anyGrant, { maxLength: 4 }), permission, tenant, namespace, (grants, asked, t, n) => {
          const caller = principal(...grants);
          const relevant = grants.filter((g) => (g.tenant === '*' || g.tenant === t) && g.permissions.includes(asked));
          const expected = relevant.some((g) => covered(g, n));
          expect(may(caller, asked, t, n)).toBe(expected);
          expect(visibleNamespace(caller, asked, t)(n)).toBe(expected);
          expect(mayAnywhere(caller, asked, t)).toBe(relevant.length > 0);
          if (may(caller, asked, t)) expect(may(caller, asked, t, n)).toBe(true);
        }),
        { numRuns: 2000 },
      );
    });

    it('never lets a longer name of the same beginning in', () => {
      fc.assert(
        fc.property(namespace, fc.stringMatching(/^[a-z0-9_-]{1,5}$/), (held, suffix) => {
          expect(may(principal(grant(held)), 'resolve', 'main', `${held}${suffix}`)).toBe(false);
          expect(may(principal(grant(held)), 'resolve', 'main', `${held}.${suffix}`)).toBe(true);
        }),
      );
    });
  });
});
