import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { addPackage, environmentPython } from './python.ts';
import { run } from './processes.ts';

const PACKAGE = 'joserfc==1.8.0';
const SCRIPT = join(import.meta.dirname, 'joserfc', 'sign.py');
const IS_THERE = `from importlib.metadata import version; assert "joserfc==" + version("joserfc") == "${PACKAGE}"`;

/** Tokens of another implementation than the one that verifies, and the key set to verify them with, as JSON. */
export interface SignedClaims {
  readonly jwks: string;
  /** In the order of the claims. */
  readonly tokens: readonly string[];
}

/** Signs with joserfc (RS256, the key id is `k`), which is added to the Python environment where it is absent. */
export async function signClaims(claims: readonly object[], log: (line: string) => void): Promise<SignedClaims> {
  const there = await run(environmentPython(), ['-c', IS_THERE], { env: process.env }).then(
    () => true,
    () => false,
  );
  if (!there) await addPackage(PACKAGE, log);
  const output = await new Promise<string>((resolve, reject) => {
    const child = execFile(environmentPython(), [SCRIPT], (error, stdout) => {
      if (error === null) resolve(stdout);
      else reject(new Error('joserfc did not sign', { cause: error }));
    });
    child.stdin?.end(claims.map((each) => `${JSON.stringify(each)}\n`).join(''));
  });
  const [jwks = '', ...tokens] = output.trim().split('\n');
  return { jwks, tokens };
}
