import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const BACKENDS = join(__dirname, '../..');

const isAdapter = (folder: string): boolean => {
  const manifest = join(BACKENDS, folder, 'package.json');
  return existsSync(manifest) && readFileSync(manifest, 'utf8').includes('"layer:adapter"');
};

const specsOf = (folder: string): string[] =>
  readdirSync(join(BACKENDS, folder, 'src')).filter((name) => /\.conformance(\.it)?\.spec\.ts$/.test(name));

const adapters = readdirSync(BACKENDS).filter(isAdapter);

describe('every adapter', () => {
  it('is found', () => {
    expect(adapters).toEqual(expect.arrayContaining(['jdbc', 'memory']));
  });

  it.each(adapters)('%s runs the conformance suite', (adapter) => {
    expect(specsOf(adapter)).not.toEqual([]);
  });

  it.each(adapters)('%s runs it again through the facade, in each of its variants', (adapter) => {
    const through = specsOf('registry')
      .map((name) => readFileSync(join(BACKENDS, 'registry/src', name), 'utf8'))
      .filter((text) => text.includes(`'@coffer/backend-${adapter}/testing'`));
    expect(through).toHaveLength(specsOf(adapter).length);
  });
});
