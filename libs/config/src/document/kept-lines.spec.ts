import { AccessDocument, type AccessList } from './access-document.js';
import { withKeptLines } from './kept-lines.js';

const TOKENS: AccessList = { list: 'tokens', name: 'id' };
const GRANTS = [{ tenant: 'main', namespace: 'b', permissions: ['list'] }];
const NEW = { id: 'new', hash: 'h', grants: GRANTS };

const edited = (text: string, change: (document: AccessDocument) => void): string => {
  const document = new AccessDocument(text, 'f');
  change(document);
  return document.toString();
};
const added = (text: string): string => edited(text, (document) => document.put(TOKENS, NEW));
const removed = (text: string, id = 'new'): string => edited(text, (document) => void document.remove(TOKENS, id));

const FILES: Readonly<Record<string, string>> = {
  'four columns': `coffer:
    access:
        tokens:
            - id: ci   # the job
              hash:   abc
              grants:
                  - tenant: main
                    namespace: a
                    permissions: [list,   resolve]
    log:
        level:   info
`,
  'lists that are not indented': `coffer:
    access:
        tokens:
        - id: ci
          hash: abc
          grants:
          - {tenant: main, namespace: a, permissions: list}
`,
  'lists that are indented by less': `coffer:
    access:
        tokens:
          - id: ci
            hash: abc
            grants:
              - tenant: main
                namespace: a
                permissions: list
`,
  'another indentation in each group': `kestra:
  secret:
    type: memory
coffer:
    access:
         tokens:
            - id: ci
              hash: abc
              grants: [ ]
`,
  'wide dashes': `coffer:
    access:
        tokens:
            -   id: ci
                hash: abc
                grants:
                    -   tenant: main
                        namespace: a
                        permissions: list
`,
  'comments everywhere': `coffer:   # top
    # before access
    access:

        # the tokens
        tokens:


            # first
            - id: ci
              # the hash
              hash: "abc"
              grants: []   # none

            # second
            - id: cd
              hash: 'abd'
              grants: []
        # at the end
    # after access


    log: {level: info}
# last
`,
  'texts of several lines': `coffer:
    log:
        level: "in\
            fo"
    access:
        tokens:
            - id: ci
              hash: >-
                  ab
                  cd
              grants: []
`,
  'anchors and merge keys': `base: &base
    level: info
coffer:
    log:
        <<: *base
    access:
        tokens:
            - id: ci
              hash: abc
              grants: &g
                  - {tenant: main,  namespace: a, permissions: list}
            - id: cd
              hash: abd
              grants: *g
`,
  'no line break at the end':
    'coffer:\n    access:\n        tokens:\n            - id:  ci\n              hash: abc\n              grants: []',
  'several documents':
    '---\n# one\nkestra: {a:   1}\n---\ncoffer:\n    access:\n      tokens:\n        - id:  ci\n          hash: abc\n          grants: []\n',
};

describe.each(Object.entries(FILES))('a file with %s', (_name, text) => {
  it('keeps every line as it was beside what is added', () => {
    const before = text.split('\n');
    const after = added(text).split('\n');
    let at = 0;
    for (const line of after) if (line === before[at]) at += 1;
    expect(before.slice(at).filter((line) => line !== '')).toEqual([]);
    expect(after.length - before.length).toBeLessThanOrEqual(7);
  });

  it('is what it was when that is taken away again', () => {
    expect(removed(added(text)).trimEnd()).toBe(text.trimEnd());
    expect(removed(added(text.replaceAll('\n', '\r\n'))).trimEnd()).toBe(text.replaceAll('\n', '\r\n').trimEnd());
  });
});

it('what is added is indented as its neighbours are', () => {
  const text = FILES['wide dashes'] ?? '';
  expect(added(text)).toBe(`${text}            -   id: new
                hash: h
                grants:
                    -   tenant: main
                        namespace: b
                        permissions: [ list ]
`);
  const flow = 'coffer: {access: {tokens: [{id: ci, hash: abc, grants: []}]}}\n';
  expect(added(flow)).toContain('{id: ci, hash: abc, grants: []}, {id: new,');
});

it('an entry goes with its comments, and nothing else does', () => {
  const text = FILES['comments everywhere'] ?? '';
  expect(removed(text, 'cd')).toBe(
    text.replace(
      "\n            # second\n            - id: cd\n              hash: 'abd'\n              grants: []\n",
      '',
    ),
  );
});

it('what differs in more than its spacing is taken from the new text', () => {
  expect(withKeptLines('a:   1\nb:  2\n', 'a: 1\nb: 3\n')).toBe('a:   1\nb: 3\n');
});

it('a value that differs in its spacing alone is the new one', () => {
  const text =
    'coffer:\n    access:\n        tokens:\n            - id: ci\n              hash: a b\n              grants: []\n';
  const changed = edited(text, (document) => document.put(TOKENS, { id: 'ci', hash: 'a  b' }));
  expect([changed.includes('a  b'), changed.includes('a b')]).toEqual([true, false]);
});
