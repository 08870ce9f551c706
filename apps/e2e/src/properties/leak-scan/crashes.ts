import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { api, removeFolder, scratchFolder, startCoffer } from '../../harness/index.js';
import { filesBelow, piecesOf } from '../../leak-scan/files.js';
import type { LeakReport } from '../../leak-scan/leak-report.js';
import type { MarkerTexts } from '../../leak-scan/marker-texts.js';

const SIGNALS = ['SIGABRT', 'SIGSEGV', 'SIGUSR1', 'SIGUSR2'] as const;
const FATAL: ReadonlySet<string> = new Set(['SIGABRT', 'SIGSEGV']);
/** An operator whose limits and options ask for everything that a crash can leave. */
const CORES = 'ulimit -c unlimited; exec "$@"';
const REPORTS = '--report-on-fatalerror --report-on-signal --report-uncaught-exception';
const NAMESPACE = 'company.crash';

/** Whether a core file is written into the folder of its process. */
const areCoresBeside = (): boolean => {
  try {
    return /^core\b/.test(readFileSync('/proc/sys/kernel/core_pattern', 'utf8'));
  } catch {
    return false;
  }
};

/** Whether the search finds what is in the core file of a process that does nothing against it. */
const controlIsFound = async (control: string): Promise<boolean> => {
  const folder = scratchFolder();
  const program = `const held = Buffer.from(process.argv[1]); setInterval(() => held, 1e6); console.log('ready')`;
  const args = ['-c', CORES, 'sh', process.execPath, '-e', program, control];
  const child = spawn('sh', args, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    await once(child.stdout, 'data');
    child.kill('SIGABRT');
    await once(child, 'close');
    for (const file of filesBelow(folder)) {
      for (const piece of piecesOf(file)) if (piece.includes(control)) return true;
    }
    return false;
  } finally {
    removeFolder(folder);
  }
};

/**
 * Ends processes that hold values by signals that make others leave their memory behind, or open a debugger, and looks through
 * everything in their folders. Answers what else is wrong.
 */
export const crashes = async (texts: MarkerTexts, report: LeakReport): Promise<string[]> => {
  const problems: string[] = [];
  const markers = [
    { name: 'value', text: texts.value },
    { name: 'password or token', text: texts.credential },
  ];
  for (const signal of SIGNALS) {
    const env = { NODE_OPTIONS: REPORTS, UNUSED_SECRET: texts.credential };
    const coffer = await startCoffer({ config: '{}', env, through: CORES });
    try {
      const client = api(coffer.url, coffer.token);
      const { status } = await client.put(NAMESPACE, { key: 'K', value: texts.secret() });
      const { status: read } = await client.value(NAMESPACE, 'K');
      if (status !== 200 || read !== 200) problems.push(`before ${signal} it answered ${status} and ${read}`);
      coffer.kill(signal);
      // One that lives on has dealt with the signal when it answers.
      if (!FATAL.has(signal)) await client.value(NAMESPACE, 'K').catch(() => undefined);
      if (!FATAL.has(signal)) coffer.kill('SIGKILL');
      await coffer.exited;
      if (/debugger listening/i.test(coffer.stderr())) problems.push(`${signal} opened a debugger`);
      report.scanText('standard error', signal, markers, coffer.stderr());
      for (const file of [coffer.cwd, coffer.dataFolder].flatMap((folder) => filesBelow(folder))) {
        report.scan('files after a crash', `${file.split('/').at(-1)} after ${signal}`, markers, piecesOf(file));
        if (/report\.\d+.*\.json$/.test(file)) problems.push(`${signal} left a diagnostic report`);
      }
    } finally {
      await coffer.stop();
    }
  }
  if (!areCoresBeside()) return problems;
  if (!(await controlIsFound(texts.control)))
    problems.push('a core file of a control was not found: the search is none');
  return problems;
};
