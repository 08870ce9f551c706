import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheFolder, root, toolEnvironment } from './checkout.ts';
import { readSuiteReport } from './reports.ts';
import { suiteWorkers } from './suite-workers.ts';
import type { JestReport } from './reports.ts';

const command = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];

/** People read the usual reports; ours outlives a run that is stopped. */
const reporters = ['--reporters=default', `--reporters=${join(import.meta.dirname, 'suite-reporter.ts')}`];

/** How long Jest may take to let go of what it started, once it was asked to end. */
const GRACE_MS = 30_000;

const workers = (args: string[]) =>
  args.some((argument) => /^(-w|-i|--maxWorkers|--runInBand)/.test(argument)) ? [] : [`--maxWorkers=${suiteWorkers()}`];

export interface End {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** It was stopped because its time was over. */
  late?: boolean;
}

/**
 * Runs Jest in front of the user. A signal to this process is handed on to it.
 * `env`: added to ours. `until`: by `performance.now()`: when it is stopped, to report what it knows. Returns no report when it wrote none.
 */
export async function runJest(
  args: string[],
  env: Record<string, string> = {},
  until: number = Infinity,
): Promise<{ report: JestReport | undefined; end: End }> {
  const folder = mkdtempSync(join(tmpdir(), 'coffer-jest-'));
  const file = join(folder, 'report.jsonl');
  try {
    const all = [...command, ...workers(args), ...reporters, ...args];
    // Suites start hundreds of processes of the same programs: what one has compiled, the others need not. Measurements go without it.
    const compiled = { NODE_COMPILE_CACHE: cacheFolder('compiled') };
    const end = await spawnNode(all, { ...compiled, ...env, COFFER_TEST_REPORT: file }, until);
    return { report: readSuiteReport(readText(file)), end };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function spawnNode(args: string[], env: Record<string, string>, until: number): Promise<End> {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...toolEnvironment, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const handOn = (signal: NodeJS.Signals) => child.kill(signal);
  signals.forEach((signal) => process.on(signal, handOn));
  let late = false;
  const stop = () => {
    late = true;
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), GRACE_MS).unref();
  };
  const timer = until === Infinity ? undefined : setTimeout(stop, Math.max(0, until - performance.now()));
  return new Promise<End>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, ...(late ? { late } : {}) }));
  }).finally(() => {
    clearTimeout(timer);
    signals.forEach((signal) => process.off(signal, handOn));
  });
}

function readText(file: string) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
