import { formatOf, parseImport, renamed, type Format } from './parse.js';

const pairs = async (text: string, format: Format): Promise<string[]> =>
  (await parseImport(text, format)).secrets.map(({ key, value }) => `${key}=${value}`);
const reasons = async (text: string, format: Format): Promise<string[]> =>
  (await parseImport(text, format)).problems.map(({ line, reason }) => `${line} ${reason}`);

describe('.env', () => {
  it.each([
    ['A=1\nB = two words # why\n', ['A=1', 'B=two words']],
    ['# a comment\n\nexport A=1\r\nB=2\r\n', ['A=1', 'B=2']],
    ["A='it is $HOME \\n'", ['A=it is $HOME \\n']],
    ['A="two\\nlines and \\"quotes\\""', ['A=two\nlines and "quotes"']],
    ['KEY="-----BEGIN-----\nMIIE\n-----END-----"\nB=2', ['KEY=-----BEGIN-----\nMIIE\n-----END-----', 'B=2']],
    ['A=\nB=#x', ['A=', 'B=#x']],
    ['A=a=b==', ['A=a=b==']],
  ])('%j', async (text, expected) => {
    expect(await pairs(text, 'env')).toEqual(expected);
  });

  it('says which line cannot be read, and goes on', async () => {
    expect(await reasons('A=1\nnothing here\n=2\nB="open\nC=3', 'env')).toEqual([
      '2 no-equals',
      '3 no-key',
      '4 open-quote',
    ]);
    expect(await pairs('A=1\nnothing here\n=2\nB="open\nC=3', 'env')).toEqual(['A=1', 'C=3']);
  });
});

describe("Kestra's variables", () => {
  it('are decoded; others are passed over', async () => {
    expect(await pairs(`SECRET_DB=${btoa('hunter2')}\nPATH=/bin`, 'kestra')).toEqual(['DB=hunter2']);
    expect(await reasons('PATH=/bin\nSECRET_DB=%%%', 'kestra')).toEqual(['2 not-base64']);
  });
});

describe('JSON and YAML', () => {
  it('are maps of names and values, or lists of rows', async () => {
    expect(await pairs('{"A": "x", "B": {"c": 1}, "N": 5, "none": null}', 'json')).toEqual(['A=x', 'B={"c":1}', 'N=5']);
    expect(await parseImport('[{"key": "A", "value": "x", "description": "d"}]', 'json')).toEqual({
      secrets: [{ key: 'A', value: 'x', description: 'd' }],
      problems: [],
    });
    expect(await pairs('A: x\nB: |\n  two\n  lines\nC: {d: 1}\n', 'yaml')).toEqual([
      'A=x',
      'B=two\nlines\n',
      'C={"d":1}',
    ]);
  });

  it.each<[string, Format, string]>([
    ['{"A": ', 'json', '1 not-json'],
    ['"text"', 'json', '1 not-object'],
    ['[{"value": "x"}]', 'json', '1 no-key'],
    ['A: b: c', 'yaml', '1 not-yaml'],
  ])('%j is refused', async (text, format, reason) => {
    expect(await reasons(text, format)).toEqual([reason]);
  });

  it('cannot be made to grow by references to references', async () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let level = 1; level < 12; level += 1) {
      lines.push(`a${level}: &a${level} [${Array.from({ length: 10 }, () => `*a${level - 1}`).join(', ')}]`);
    }
    expect(await reasons(lines.join('\n'), 'yaml')).toEqual(['1 not-yaml']);
  });
});

describe('Secrets of Kubernetes', () => {
  it('are decoded, in YAML, in JSON and in lists; stringData wins', async () => {
    const data = { A: btoa('one'), B: btoa('two') };
    const yaml = `apiVersion: v1\nkind: Secret\ndata:\n  A: ${data.A}\n  B: ${data.B}\nstringData:\n  B: plain\n`;
    expect(formatOf(yaml)).toBe('kubernetes');
    expect(await pairs(yaml, 'kubernetes')).toEqual(['A=one', 'B=plain']);
    const list = JSON.stringify({ kind: 'List', items: [{ kind: 'Secret', data }] });
    expect(await pairs(list, 'kubernetes')).toEqual(['A=one', 'B=two']);
    expect(await reasons('kind: Secret\ndata:\n  A: "%%"\n', 'kubernetes')).toEqual(['1 not-base64']);
  });
});

describe('CSV', () => {
  it('names its columns; quotes hold separators, quotes and lines', async () => {
    const text = 'Name;Value;Comment\r\nA;"x;y ""z""\nsecond";why\r\n\r\nB;2;\r\n';
    expect(await parseImport(text, 'csv')).toEqual({
      secrets: [
        { key: 'A', value: 'x;y "z"\nsecond', description: 'why' },
        { key: 'B', value: '2' },
      ],
      problems: [],
    });
    expect(await reasons('a,b\n1,2', 'csv')).toEqual(['1 no-columns']);
    expect(await reasons('key,value\n,2\nA,"open', 'csv')).toEqual(['2 no-key', '3 open-quote']);
  });
});

it.each<[string, Format]>([
  ['A=1', 'env'],
  ['# c\nexport A_B=1', 'env'],
  ['{"A": 1}', 'json'],
  ['A: 1', 'yaml'],
  ['key,value\nA,1', 'csv'],
  ['SECRET_A=YQ==', 'kestra'],
  ['{"kind": "Secret", "data": {}}', 'kubernetes'],
])('%j looks like %s', (text, format) => {
  expect(formatOf(text)).toBe(format);
});

it('of a key that comes twice the last one counts, and that is said', async () => {
  expect(await parseImport('A=1\nA=2', 'env')).toEqual({
    secrets: [{ key: 'A', value: '2' }],
    problems: [{ line: 0, reason: 'twice' }],
  });
});

it('of a name that JSON or YAML has twice, it is said where', async () => {
  const json = '{\n  "A": "1",\n\t"\\u0041": "2",\n  "B": {"x": 1, "y": [{"x": 2}]}\n}';
  expect(await parseImport(json, 'json')).toEqual({
    secrets: [
      { key: 'A', value: '2' },
      { key: 'B', value: '{"x":1,"y":[{"x":2}]}' },
    ],
    problems: [{ line: 3, reason: 'twice' }],
  });
  expect(await reasons('{"A": {"x": 1, "x": 2}}', 'json')).toEqual(['1 twice']);
  const manifest = '{"kind": "Secret", "data": {"A": "YQ==", "A": "Yg=="}}';
  expect(await reasons(manifest, 'kubernetes')).toEqual(['1 twice']);
  expect(await reasons('A: 1\nB: 2\nA: 3\n', 'yaml')).toEqual(['3 twice']);
  expect(await reasons('A: [1\n', 'yaml')).toEqual([expect.stringMatching(/ not-yaml$/)]);
});

it('renames by one rule', () => {
  const rule = { strip: 'APP_', prefix: 'NEW_', upper: true };
  expect(renamed('APP_db', rule)).toBe('NEW_DB');
  expect(renamed('other', rule)).toBe('NEW_OTHER');
  expect(renamed('APP_', { ...rule, prefix: '' })).toBe('APP_');
});
