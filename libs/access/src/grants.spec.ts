import { parseGrant, parseGrantText } from './grants.js';
import type { Permission } from './principal.js';

describe('grants', () => {
  it.each([
    ['main/company.team:list,resolve', { tenant: 'main', namespace: 'company.team', permissions: ['list', 'resolve'] }],
    ['company:list', { tenant: 'main', namespace: 'company', permissions: ['list'] }],
    ['*/*:admin', { tenant: '*', namespace: '*', permissions: ['admin'] }],
    ['main/*:write, delete', { tenant: 'main', namespace: '*', permissions: ['write', 'delete'] }],
    ['main/a:list,list', { tenant: 'main', namespace: 'a', permissions: ['list'] }],
  ])('are read from %p', (text, grant) => {
    expect(parseGrantText(text)).toEqual(grant);
  });

  it.each([
    '',
    'main',
    'main/company',
    '/company:list',
    'main/company:',
    'main/company:read',
    'main/company.*:list',
    'Main/company:list',
    'secrets/company:list',
    'main/a/b:list',
    'main/a:list:resolve',
  ])('refuse %p', (text) => {
    expect(() => parseGrantText(text)).toThrow(expect.objectContaining({ code: 'configuration' }));
  });

  it('cannot be changed afterwards', () => {
    const permissions: Permission[] = ['list'];
    const grant = parseGrant({ tenant: 'main', namespace: 'a', permissions }, 'a test');
    permissions.push('admin');
    expect(grant.permissions).toEqual(['list']);
    expect(Object.isFrozen(grant) && Object.isFrozen(grant.permissions)).toBe(true);
  });

  it.each<[string, object, RegExp]>([
    ['the tenant', { tenant: 'A' }, /^a grant of a test is wrong: invalid tenant: .*, or be '\*'$/],
    ['the namespace', { namespace: 'a.*' }, /^a grant of a test is wrong: invalid namespace: .*, or be '\*'$/],
    [
      'a permission',
      { permissions: ['list', 'read'] },
      /^a grant of a test must have .*list, resolve, write, delete, admin/,
    ],
    ['that there is none', { permissions: [] }, /^a grant of a test must have one or more/],
  ])('say of whom they are and that %s is wrong', (_, part, message) => {
    const grant = { tenant: 'main', namespace: 'a', permissions: ['list'] as Permission[], ...part };
    expect(() => parseGrant(grant, 'a test')).toThrow(message);
  });

  it('say how they are written', () => {
    expect(() => parseGrantText('main')).toThrow(
      /\[TENANT\/\]NAMESPACE:PERMISSION.*list, resolve, write, delete, admin/,
    );
    expect(() => parseGrantText('main/a:read')).toThrow(/'main\/a:read'/);
  });
});
