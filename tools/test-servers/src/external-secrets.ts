import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { obtainGo } from './go.ts';
import { cacheFolder } from './places.ts';
import { run } from './processes.ts';

const here = join(import.meta.dirname, 'external-secrets');
/** The version in `external-secrets/go.mod`. */
const VERSION = '0.16.2';
/** Milliseconds: hundreds of packages are fetched and compiled, once. */
const BUILD_MS = 3_600_000;

/** Changes with what the program is built from, so that a cached build is never an old one. */
const fingerprint = (): string => {
  const hash = createHash('sha256');
  for (const file of ['main.go', 'go.mod']) hash.update(readFileSync(join(here, file)));
  return hash.digest('hex').slice(0, 12);
};

/**
 * The program that runs External Secrets' own providers, which is built first where it is absent. Rejects with a sentence.
 * Returns its path.
 */
export async function externalSecrets(log: (line: string) => void = () => undefined): Promise<string> {
  const folder = cacheFolder(`external-secrets-${VERSION}-${fingerprint()}`);
  const program = join(folder, 'external-secrets');
  if (existsSync(program)) return program;
  const go = await obtainGo(log);
  log(`building External Secrets ${VERSION} from its Go modules, some minutes, into ${program}`);
  const draft = `${folder}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  try {
    const flags = ['-mod=readonly', '-p', '1', '-buildvcs=false', '-trimpath', '-ldflags', '-s -w'];
    await run(go, ['build', ...flags, '-o', join(draft, 'external-secrets'), '.'], {
      cwd: here,
      env: { ...process.env, GOTOOLCHAIN: 'local' },
      timeoutMs: BUILD_MS,
    });
    mkdirSync(folder, { recursive: true });
    renameSync(join(draft, 'external-secrets'), program);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return program;
}
