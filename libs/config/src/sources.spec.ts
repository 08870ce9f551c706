import { refusal } from './load.fixture.js';
import { configurationFile, readSources } from './sources.js';

const failing = (error: unknown) => () => {
  throw error;
};
const absent = Object.assign(new Error('canary'), { code: 'ENOENT' });
const reader =
  (files: Readonly<Record<string, string>>) =>
  (path: string): string =>
    files[path] ?? failing(absent)();

const FILES = { '/etc/a.yml': 'a', '/etc/b=c.yml': 'b', '/etc/coffer.yml': 'own', '/etc/application.yml': 'kestra' };
const read = (argv: readonly string[], env: Readonly<Record<string, string>> = {}, files: object = FILES) =>
  readSources(argv, env, '/etc', reader(files as Record<string, string>));

it.each<[string, string[], Record<string, string>, object]>([
  ['the file that is named', ['node', '--config', 'a.yml'], {}, { name: 'a.yml', text: 'a' }],
  ['in short', ['-c', 'a.yml'], {}, { name: 'a.yml', text: 'a' }],
  ['in one argument', ['--config=b=c.yml'], {}, { name: 'b=c.yml', text: 'b' }],
  ['the last that is named', ['-c', 'x.yml', '-c=a.yml'], {}, { name: 'a.yml', text: 'a' }],
  ['not what an option that begins so has', ['--configure', 'a.yml'], {}, { name: './coffer.yml', text: 'own' }],
  ['not what stands behind another option', ['x-c', 'a.yml'], {}, { name: './coffer.yml', text: 'own' }],
  ['the file of the variable', [], { COFFER_CONFIG: 'a.yml' }, { name: 'a.yml', text: 'a' }],
  ['no file of an empty variable', [], { COFFER_CONFIG: '' }, { name: './coffer.yml', text: 'own' }],
])('reads %s', (_what, argv, env, source) => {
  expect(read(argv, env).sources).toEqual([source]);
});

it('reads Kestra’s own file where there is none of Coffer’s, and then the text of the variable', () => {
  const env = { KESTRA_CONFIGURATION: 'text' };
  expect(read([], env, { '/etc/application.yml': 'kestra' })).toEqual({
    sources: [
      { name: './application.yml', text: 'kestra' },
      { name: 'KESTRA_CONFIGURATION', text: 'text' },
    ],
    file: '/etc/application.yml',
  });
  expect(read([], { KESTRA_CONFIGURATION: '' }, {})).toEqual({ sources: [], file: undefined });
  expect(configurationFile([], {}, '/etc', reader(FILES))).toBe('/etc/coffer.yml');
});

it.each<[string, unknown, string]>([
  ['with its code', Object.assign(new Error('canary'), { code: 'EACCES' }), 'EACCES'],
  ['without one', new Error('canary'), 'unreadable'],
  ['with one that is no text', { code: 7 }, 'unreadable'],
  ['that is nothing', null, 'unreadable'],
  ['that is a text', 'canary', 'unreadable'],
])('says which file cannot be read, by an error %s', (_what, error, code) => {
  const load = (argv: readonly string[]) => refusal(() => readSources(argv, {}, '/etc', failing(error)));
  expect(load([])).toBe(`the configuration file ./coffer.yml cannot be read: ${code}`);
  expect(load(['-c', 'a.yml'])).toBe(`the configuration file a.yml cannot be read: ${code}`);
});

it.each([[['--config=']], [['--config', '']], [['a', '-c']]])('needs the name of a file: %j', (argv) => {
  expect(refusal(() => read(argv))).toBe('--config needs the name of a file');
});
