import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { schemathesisPython } from '@coffer/test-servers/schemathesis';
import { startCoffer, removeFolder, scratchFolder, type Coffer } from '../harness/index.js';
import { assert, assertEqual, combine, details, show, type Outcome } from '../harness/outcome.js';
import { property } from '../harness/property.js';

interface FuzzOptions {
  readonly examples: number;
  readonly seed: number;
}

const WORKERS = 2;
/** Whose answers go on until the caller leaves. */
const ENDLESS = '/events$';
const REQUEST_TIMEOUT_SECONDS = 60;
const CHECKS = 'not_a_server_error';
/**
 * The token is no argument: arguments are shown to everybody on a machine. Examples are kept for no later run: for one,
 * those that found nothing would be made as small as can be, which takes a seventh of the time.
 */
const SETTINGS = `headers = { Authorization = "Bearer \${COFFER_FUZZ_TOKEN}" }
[generation]
database = "none"
`;

const count = (text: string, pattern: RegExp): number => Number(pattern.exec(text)?.[1]?.replaceAll(',', '') ?? 0);

/** All that schemathesis prints, and its exit code: 0 where no check failed. */
const schemathesis = async ({ url, token }: Coffer, { examples, seed }: FuzzOptions) => {
  const python = await schemathesisPython();
  const folder = scratchFolder();
  try {
    const settings = join(folder, 'schemathesis.toml');
    writeFileSync(settings, SETTINGS);
    const program = 'import sys; from schemathesis.cli import schemathesis; sys.exit(schemathesis())';
    const args = [
      ...['-c', program, '--config-file', settings, 'run', `${url}/openapi.json`, '--checks', CHECKS, '--no-color'],
      ...['--phases', 'examples,coverage,fuzzing', '--max-examples', String(examples), '--continue-on-failure'],
      ...['--exclude-path-regex', ENDLESS, '--request-timeout', String(REQUEST_TIMEOUT_SECONDS)],
      ...['--seed', String(seed), '--workers', String(WORKERS), '--suppress-health-check', 'all'],
    ];
    const child = spawn(python, args, {
      cwd: folder,
      env: { PATH: process.env['PATH'] ?? '', HOME: folder, COFFER_FUZZ_TOKEN: token },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    }
    const kill = (): void => void child.kill();
    process.once('exit', kill);
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    process.off('exit', kill);
    return { code, output };
  } finally {
    removeFolder(folder);
  }
};

const fuzz = async (coffer: Coffer, options: FuzzOptions): Promise<Outcome> => {
  const { code, output } = await schemathesis(coffer, options);
  const requests = count(output, /([\d,]+) generated/);
  const [selected, tested] = [count(output, /Selected: ([\d,]+)/), count(output, /Tested: ([\d,]+)/)];
  const errors = coffer
    .stdout()
    .split('\n')
    .filter((line) => line.includes('"level":50'));
  const failed = code === 0 ? [] : [output.slice(-6_000)];
  return combine(
    show('requests that schemathesis made', requests, 'requests'),
    assertEqual('operations of the description that were not tried', selected - tested, 'operations', 0),
    assertEqual('errors that the process logged', errors.length, 'lines', 0),
    assert(
      requests >= options.examples && selected > 0,
      `schemathesis made ${requests} requests of ${selected} operations`,
    ),
    details([...failed, ...errors.slice(0, 5)]),
  );
};

export default property({
  name: 'fuzz-openapi',
  title: 'Requests made of the API’s own description',
  shows: 'No request that schemathesis makes of /openapi.json is answered with an error of the gateway’s own.',
  servers: [],
  quick: { examples: 610 },
  full: { examples: 700, seed: 1 },
  help: `Runs schemathesis, which makes right and wrong requests of every operation in the description, against the embedded
server. Seven hundred examples of each operation are about 22,000 requests.

  --examples N   of each operation, beside those that cover its parameters
  --seed N       the same requests for the same seed`,
  run: async (options) => {
    const coffer = await startCoffer();
    try {
      const outcome = await fuzz(coffer, options);
      const ended = await Promise.race([coffer.exited, Promise.resolve(undefined)]);
      return combine(outcome, assert(ended === undefined, 'the process ended'));
    } finally {
      await coffer.stop();
    }
  },
});
