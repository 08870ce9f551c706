import { parse } from 'yaml';
import { AccessDocument } from './access-document.js';

const TOKENS = { list: 'tokens', name: 'id' } as const;
const USERS = { list: 'users', name: 'username' } as const;
const ROLES = { list: 'roles', name: 'id' } as const;
const grants = [{ tenant: 'main', namespace: 'a', permissions: ['list', 'resolve'] }];
const CI = { id: 'ci', hash: 'hmac', grants };

const edited = (text: string, edit: (document: AccessDocument) => void): string => {
  const document = new AccessDocument(text, 'coffer.yml');
  edit(document);
  return document.toString();
};

const FILE = `# Of the operators.
kestra:
  secret:
    type: vault # the old one
    vault: {address: "https://vault:8200", namespace: 'x' }

coffer:
  # Callers.
  access:
    tokens:
      - id: first   # whose it is
        hash: 'h1'
        grants: [{tenant: main, namespace: a, permissions: list}]

      # The second.
      - id: "second"
        hash: h2
        grants:
          - {tenant: '*', namespace: '*', permissions: [admin]}
  log:
    level: 007
`;

it('appends an entry and leaves every line that was there', () => {
  const text = edited(FILE, (document) => document.put(TOKENS, CI));
  const added = `      - id: ci
        hash: hmac
        grants:
          - tenant: main
            namespace: a
            permissions: [list, resolve]
`;
  expect(text).toContain(added);
  expect(text.replace(added, '')).toBe(FILE);
});

it('lays out what it adds as well behind a byte order mark, and with the line ends of the file', () => {
  const text = 'coffer:\n    access:\n        tokens: []\n';
  const put = (document: AccessDocument): void => document.put(TOKENS, CI);
  const plain = edited(text, put);
  expect(plain).toContain('\n        tokens:\n');
  expect(edited(`\ufeff${text}`, put)).toBe(`\ufeff${plain}`);
  expect(edited(text.replaceAll('\n', '\r\n'), put)).toBe(plain.replaceAll('\n', '\r\n'));
});

it('removes an entry with its own lines alone', () => {
  const text = edited(FILE, (document) => expect(document.remove(TOKENS, 'second')).toBe(true));
  expect(text).not.toContain('second');
  for (const line of ['# Of the operators.', '# Callers.', '# whose it is', '# the old one', 'level: 007']) {
    expect(text).toContain(line);
  }
  const none = edited(text, (document) => document.remove(TOKENS, 'first'));
  expect(parse(none)).toMatchObject({ coffer: { access: { tokens: [] } } });
  expect(edited(none, (document) => document.put(TOKENS, CI))).toContain('    tokens:\n      - id: ci\n');
  edited(FILE, (document) => expect(document.remove(TOKENS, 'absent')).toBe(false));
});

it('changes fields of an entry and keeps its others', () => {
  const file = `coffer:\n  access:\n    users:\n    - username: ada\n      password-hash: old # since May\n      grants: []\n`;
  const text = edited(file, (document) => document.put(USERS, { username: 'ada', passwordHash: '$new' }));
  expect(text).toBe(
    'coffer:\n  access:\n    users:\n    - username: ada\n      password-hash: $new # since May\n      grants: []\n',
  );
});

it('puts and removes within an entry', () => {
  const file = 'coffer:\n  access:\n    roles:\n      - id: deploy\n        grants: []\n';
  const made = edited(file, (document) => {
    expect(document.putWithin(ROLES, 'deploy', 'secretIds', { id: 's1', hash: 'h' })).toBe(true);
    expect(document.putWithin(ROLES, 'other', 'secretIds', { id: 's1', hash: 'h' })).toBe(false);
  });
  expect(parse(made)).toEqual({
    coffer: { access: { roles: [{ id: 'deploy', grants: [], secretIds: [{ id: 's1', hash: 'h' }] }] } },
  });
  const removed = edited(made, (document) => {
    expect(document.removeWithin(ROLES, 'deploy', 'secretIds', 's1')).toBe(true);
    expect(document.removeWithin(ROLES, 'deploy', 'secretIds', 's1')).toBe(false);
  });
  expect(parse(removed)).toMatchObject({ coffer: { access: { roles: [{ secretIds: [] }] } } });
});

it.each<[string, string]>([
  ['no document', ''],
  ['comments alone', '# nothing yet\n'],
  ['another group', 'kestra: {}\n'],
  ['an empty group', 'coffer:\n'],
  ['an empty list', 'coffer: {access: {tokens: []}}\n'],
  ['a list without a value', 'coffer:\n  access:\n    tokens:\n'],
  ['dots', 'coffer.access:\n  users: []\n'],
  ['dots to the end', 'coffer.access.tokens: []\n'],
  ['other letters', 'Coffer:\n  ACCESS:\n    users: []\n'],
  ['JSON', '{"coffer": {"access": {"users": [], "tokens": []}}}'],
  ['a document after another', 'kestra: {}\n---\n# second\ncoffer: {access: {tokens: []}}\n'],
  ['a document after another that says where it ends', 'kestra: {}\n...\ncoffer: {access: {tokens: []}}\n'],
  ['line breaks of Windows', '\uFEFFcoffer:\r\n  access:\r\n    tokens: []\r\n'],
])('makes the list where the file has %s', (_what, file) => {
  const text = edited(file, (document) => {
    document.put(TOKENS, CI);
    expect(document.names(TOKENS)).toEqual(['ci']);
  });
  expect(new AccessDocument(text, 'coffer.yml').names(TOKENS)).toEqual(['ci']);
  expect(text.startsWith('\uFEFF')).toBe(file.startsWith('\uFEFF'));
  expect(text.replaceAll('\r\n', '').includes('\n')).toBe(!file.includes('\r\n'));
  expect(edited(text, (document) => expect(document.remove(TOKENS, 'ci')).toBe(true))).not.toContain('ci');
});

it.each(['null', '123', '0x1f', 'true', '~', '1e3', '', ' a', 'a: b', '#x', '2027-01-01T00:00:00Z'])(
  'keeps %j a text for every reader',
  (id) => {
    const text = edited('coffer: {}\n', (document) => document.put(TOKENS, { ...CI, id }));
    expect(parse(text)).toMatchObject({ coffer: { access: { tokens: [{ id }] } } });
    expect(new AccessDocument(text, 'f').names(TOKENS)).toEqual([id]);
  },
);

it.each<[string, string, RegExp]>([
  ['an alias', 'x: &all []\ncoffer: {access: {tokens: *all}}\n', /alias in the place of a list/],
  ['a text', 'coffer: {access: {tokens: a}}\n', /something else in the place of a list/],
  ['a text for a group', 'coffer: {access: a}\n', /something else in the place of a group/],
  ['a list at the top', '- a\n', /map of settings/],
  ['no YAML', 'coffer: {\n', /line 2, column 1/],
  ['a text at the top of a later document', 'coffer: {}\n---\na\n', /map of settings/],
])('refuses %s', (_what, file, message) => {
  expect(() => edited(file, (document) => document.put(TOKENS, CI))).toThrow(message);
});

describe('the style of the file', () => {
  it('stays: quotes of what names an entry, and lists that lose one of several', () => {
    const text = edited(FILE, (document) => document.put(TOKENS, { id: 'second', hash: 'h3' }));
    expect(text).toContain('- id: "second"\n        hash: h3\n');
    const left = edited(FILE, (document) => document.remove(TOKENS, 'second'));
    expect(left).toContain('    tokens:\n      - id: first   # whose it is');
  });

  it('is that of an empty list once it has lost its last entry', () => {
    const file = 'coffer:\n  access:\n    tokens:\n      - id: a\n        hash: h\n';
    expect(edited(file, (document) => document.remove(TOKENS, 'a'))).toBe('coffer:\n  access:\n    tokens: []\n');
  });

  it('is followed by what is added: by how much groups are indented, and whether lists are', () => {
    const wide = 'x: { a: { b: c } }\ny: []\ncoffer:\n    access:\n        users:\n            - username: ada\n';
    expect(edited(wide, (document) => document.put(USERS, { username: 'bob', note: { a: 'b' } }))).toBe(
      `${wide}            - username: bob\n              note:\n                  a: b\n`,
    );
    const flush = 'coffer:\n  access:\n    users:\n    - username: ada\n';
    expect(edited(flush, (document) => document.put(USERS, { username: 'bob' }))).toBe(`${flush}    - username: bob\n`);
    const indented = 'coffer:\n  access:\n    users:\n      - username: ada\n';
    expect(edited(indented, (document) => document.put(USERS, { username: 'bob' }))).toBe(
      `${indented}      - username: bob\n`,
    );
  });
});

it('lists of texts are on one line, and others are not; numbers are numbers', () => {
  const text = edited('coffer:\n', (document) => {
    document.put(TOKENS, { id: 'a', texts: ['b', 'c'], mixed: ['d', { e: 'f' }], ttl: 5 });
  });
  expect(text).toMatch(/texts: \[ b, c \]\n +mixed:\n +- d\n +- e: f\n/);
  expect(parse(text)).toMatchObject({
    coffer: { access: { tokens: [{ texts: ['b', 'c'], mixed: ['d', { e: 'f' }], ttl: 5 }] } },
  });
});

it('of several documents the last that has the list or the group is changed', () => {
  const first = 'coffer: {access: {tokens: [{id: a, hash: h}]}}\n';
  const both = `${first}---\ncoffer: {access: {tokens: [{id: b, hash: h}]}}\n`;
  const [before, after] = edited(both, (document) => document.put(TOKENS, CI)).split('---');
  expect([before?.includes('ci'), after?.includes('ci')]).toEqual([false, true]);
  const groups = 'coffer: {access: {users: []}}\n---\ncoffer: {access: {roles: []}}\n---\nkestra: {}\n';
  const parts = edited(groups, (document) => document.put(TOKENS, CI)).split('---');
  expect(parts.map((part) => part.includes('ci'))).toEqual([false, true, false]);
});

it('what is put within an entry twice is there once, and nothing is removed from where there is nothing', () => {
  const file = 'coffer:\n  access:\n    roles:\n      - id: deploy\n        grants: []\n';
  const made = edited(file, (document) => {
    expect(document.removeWithin(ROLES, 'deploy', 'secretIds', 's1')).toBe(false);
    expect(document.removeWithin(ROLES, 'deploy', 'id', 's1')).toBe(false);
    document.putWithin(ROLES, 'deploy', 'secretIds', { id: 's1', hash: 'h' });
    document.putWithin(ROLES, 'deploy', 'secretIds', { id: 's1', hash: 'i' });
    document.put(ROLES, { id: 'other' });
    expect(document.names(ROLES)).toEqual(['deploy', 'other']);
    expect(document.names(TOKENS)).toEqual([]);
  });
  expect(parse(made)).toEqual({
    coffer: {
      access: { roles: [{ id: 'deploy', grants: [], secretIds: [{ id: 's1', hash: 'i' }] }, { id: 'other' }] },
    },
  });
});

it('refuses an alias in the place of a group, as a configuration and by hand', () => {
  expect(() => edited('x: &all {a: b}\ncoffer: {access: *all}\n', (document) => document.put(TOKENS, CI))).toThrow(
    expect.objectContaining({
      code: 'configuration',
      message: 'the configuration file has an alias in the place of a group; change it by hand',
    }),
  );
});

describe('what is not touched stays', () => {
  it('where the list is made beside other groups', () => {
    const text = edited('kestra:\n  url: a # b\n', (document) => document.put(TOKENS, { id: 'ci', hash: 'h' }));
    expect(text).toBe('kestra:\n  url: a # b\ncoffer:\n  access:\n    tokens:\n      - id: ci\n        hash: h\n');
  });

  it('where an entry is put beside others on one line, which is how it is written too', () => {
    const file = 'coffer:\n  access:\n    tokens: [ { id: a, hash: h } ]\n';
    expect(edited(file, (document) => document.put(TOKENS, { id: 'b' }))).toBe(
      'coffer:\n  access:\n    tokens: [ { id: a, hash: h }, { id: b } ]\n',
    );
  });

  it('where lists on one line say nothing of how others are indented', () => {
    const file = 'x:\n  [ a ]\ncoffer:\n  access:\n    users:\n    - username: ada\n';
    expect(edited(file, (document) => document.put(USERS, { username: 'bob' }))).toMatch(
      /\n {4}- username: ada\n {4}- username: bob\n$/,
    );
  });

  it('where an entry is given a field that it has not, or has without a value', () => {
    const file = 'coffer:\n  access:\n    tokens:\n      - id: a\n      - { id: b, hash }\n';
    const text = edited(file, (document) => {
      document.put(TOKENS, { id: 'a', hash: 'x' });
      document.put(TOKENS, { id: 'b', hash: 'y' });
    });
    expect(text).toContain('      - id: a\n        hash: x\n      - { id: b, hash: y }\n');
  });
});

it('entries without a name are nobody’s, and lists of other groups are none', () => {
  const names = (file: string): readonly string[] => new AccessDocument(file, 'coffer.yml').names(TOKENS);
  expect(names('coffer: {access: {tokens: [{hash: h}, a, {id: b}, [c]]}}\n')).toEqual(['b']);
  expect(names('coffer.audit: {tokens: [{id: a}]}\n')).toEqual([]);
  expect(names('coffer.access.tokens.more: [{id: a}]\n')).toEqual([]);
  expect(names('? {tokens: a}\n: [{id: a}]\n')).toEqual([]);
});

it.each<[string, (document: AccessDocument) => unknown]>([
  ['removed', (document) => document.remove(TOKENS, 'a')],
  ['changed', (document) => document.put(TOKENS, { id: 'a', grants: [] })],
])('refuses what is to be %s and has an anchor, of which an alias elsewhere would have another value', (_how, edit) => {
  const file = (grants: string) =>
    `x: &g []\ncoffer: {access: {tokens: [{id: a, grants: ${grants}}, {id: b, grants: *g}]}}\n`;
  expect(() => edited(file('&g [c]'), edit)).toThrow(
    expect.objectContaining({ code: 'configuration', message: expect.stringContaining('has an anchor') }),
  );
  expect(edited(file('*g'), edit)).toContain('{id: b, grants: *g}');
});
