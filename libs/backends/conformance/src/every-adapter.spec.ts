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

/** The files of an adapter whose store is a server: who knows one adapter finds the same in each. */
const FILES = ['backend.ts', 'client.ts', 'errors.ts', 'layout.ts', 'listing.ts', 'open.ts', 'testing'];

describe('every adapter', () => {
  it('is found', () => {
    expect(adapters).toEqual(expect.arrayContaining(['jdbc', 'memory']));
  });

  it.each(adapters)('%s runs the conformance suite', (adapter) => {
    expect(specsOf(adapter)).not.toEqual([]);
  });

  it.each(adapters.filter((adapter) => adapter !== 'memory'))('%s has the files of every adapter', (adapter) => {
    expect(readdirSync(join(BACKENDS, adapter, 'src'))).toEqual(expect.arrayContaining(FILES));
  });

  it('has its like behind the facade: one store in the process, and one across a network that lacks nothing the suite asks for', () => {
    expect(specsOf('registry').sort()).toEqual([
      'facade-over-google-secret-manager.conformance.it.spec.ts',
      'facade-over-memory.conformance.spec.ts',
    ]);
  });
});
