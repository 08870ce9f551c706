import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { environmentPython, makeEnvironment } from './python.ts';

const SCRIPT = join(import.meta.dirname, 'joserfc', 'sign.py');

/** Tokens of another implementation than the one that verifies, and the key set to verify them with, as JSON. */
export interface SignedClaims {
  readonly jwks: string;
  /** In the order of the claims. */
  readonly tokens: readonly string[];
}

/** Signs with joserfc (the key id is `k`), of the Python environment, which is made where it is absent. */
export async function signClaims(
  claims: readonly object[],
  log: (line: string) => void,
  algorithm: 'RS256' | 'HS256' = 'RS256',
): Promise<SignedClaims> {
  await makeEnvironment(log);
  const output = await new Promise<string>((resolve, reject) => {
    const child = execFile(environmentPython(), [SCRIPT, algorithm], (error, stdout) => {
      if (error === null) resolve(stdout);
      else reject(new Error('joserfc did not sign', { cause: error }));
    });
    child.stdin?.end(claims.map((each) => `${JSON.stringify(each)}\n`).join(''));
  });
  const [jwks = '', ...tokens] = output.trim().split('\n');
  return { jwks, tokens };
}
