import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { run, which } from '@coffer/test-servers/processes';
import { root } from './checkout.ts';
import { failure, lastLine } from './reports.ts';
import type { Outcome } from './reports.ts';

const SUITE = 'bookworm';
const STEP_MS = 7_200_000;

const help = `Proves that this repository needs nothing but Debian ${SUITE} with Debian's own nodejs and npm: makes such a system in a
folder with debootstrap, copies the checkout into it, and runs the README's commands there. Once a release; root and about
10 GB of disk; 10 minutes without the tests, 60 and more with them.

  node tools/run.mjs workspace/bare-machine                     npm ci, npm start until it answers, npm test
  node tools/run.mjs workspace/bare-machine --only start        npm ci and npm start alone
  node tools/run.mjs workspace/bare-machine --only test -- ARGS only npm test, with arguments for it
  node tools/run.mjs workspace/bare-machine --root FOLDER       where the system is made; one that is there is used again
  node tools/run.mjs workspace/bare-machine --keep              leave it there

The package managers inside get what they are told on this machine: apt's sources and settings, npm's, pip's, Maven's and
Go's files, certificate authorities, and the variables of these. The last line is "N passed, N failed".`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string' },
    root: { type: 'string' },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

/** Settings of the package managers, which say where packages come from. Absent ones are passed over. */
const settingsFiles = () => [
  ...['/etc/apt/sources.list', '/etc/apt/sources.list.d', '/etc/apt/apt.conf.d', '/etc/apt/trusted.gpg.d'],
  ...['/usr/share/keyrings', '/usr/local/share/ca-certificates', '/etc/ssl/certs', '/etc/resolv.conf', '/etc/hosts'],
  ...['/etc/npmrc', '/usr/etc/npmrc', '/etc/pip.conf', '/etc/maven/settings.xml'],
  ...['.npmrc', '.pip', '.config/pip', '.config/go', '.m2/settings.xml'].map((path) => join(homedir(), path)),
];
/** Names of variables that say where packages come from and whom to trust. */
const settingsVariables =
  /^(?:.*_proxy|npm_config_(?!.*prefix).*|pip_.*|go[a-z]*|maven_.*|.*(?:ca|ssl)_?cert.*|.*ssl_roots.*)$/i;

/** Returns of the processes inside. */
const environment = (): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => settingsVariables.test(name) && !/^(?:GOROOT|GOPATH|GOBIN)$/.test(name),
    ),
  ),
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  LANG: 'C.UTF-8',
  DEBIAN_FRONTEND: 'noninteractive',
});

/**
 * Runs a shell command inside, in mounts and processes of its own: nothing of either is left when it ends, however it
 * ends. Its output is shown.
 * Rejects where it fails.
 */
function inside(system: string, script: string): Promise<void> {
  const mounts = [
    // A mount of its own, for Java asks in /proc/mounts what `/` is.
    'mount --bind "$0" "$0"',
    'mount --rbind /dev "$0/dev"',
    'mount -t proc proc "$0/proc"',
    'mount -t sysfs sysfs "$0/sys"',
    'mount -t tmpfs -o mode=1777 tmpfs "$0/dev/shm" 2>/dev/null || true',
  ];
  const entry = `${mounts.join(' && ')}; exec chroot "$0" /bin/sh -euc "$1"`;
  const args = ['--mount', '--pid', '--fork', '--kill-child', '/bin/sh', '-euc', entry, system, script];
  return new Promise((resolve, reject) => {
    const child = spawn('unshare', args, {
      env: environment(),
      cwd: '/',
      stdio: ['ignore', 'inherit', 'inherit'],
      timeout: STEP_MS,
    });
    const stop = () => child.kill('SIGKILL');
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
    signals.forEach((signal) => process.once(signal, stop));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      signals.forEach((name) => process.off(name, stop));
      if (code === 0) resolve();
      else reject(new Error(`ended with ${signal ?? `code ${code}`}`));
    });
  });
}

/** Where apt gets this machine's main packages from. */
async function mirror(): Promise<string> {
  const format = ['indextargets', '--format', '$(REPO_URI) $(CODENAME) $(COMPONENT)', 'Created-By: Packages'];
  const targets = (await run('apt-get', format, { env: process.env })).split('\n');
  const found = targets
    .map((line) => line.split(' '))
    .find(([, codename, component]) => codename === SUITE && component === 'main');
  return found?.[0] ?? 'http://deb.debian.org/debian/';
}

async function makeSystem(system: string) {
  if (existsSync(join(system, 'usr/bin/npm'))) return;
  await run('debootstrap', ['--variant=minbase', '--include=ca-certificates', SUITE, system, await mirror()], {
    env: { ...process.env, LC_ALL: 'C' },
    timeoutMs: STEP_MS,
  });
  for (const file of settingsFiles().filter((path) => existsSync(path))) {
    const copy = join(system, file.startsWith(homedir()) ? join('/root', file.slice(homedir().length)) : file);
    mkdirSync(dirname(copy), { recursive: true });
    rmSync(copy, { recursive: true, force: true });
    cpSync(file, copy, { recursive: true, dereference: true });
  }
  if (existsSync('/etc/apt/sources.list.d')) rmSync(join(system, 'etc/apt/sources.list'), { force: true });
  await inside(
    system,
    `{ apt-get update && apt-get install -y --no-install-recommends nodejs npm; } > /tmp/apt.log 2>&1 ||
       { tail -n 30 /tmp/apt.log; exit 1; }
     echo "node $(node --version), npm $(npm --version)"`,
  );
}

/** The checkout as it is, without what is ignored; packages stay where `npm ci` is none of the parts. */
async function copyCheckout(system: string) {
  const copy = join(system, 'coffer');
  mkdirSync(copy, { recursive: true });
  for (const name of readdirSync(copy)) {
    if (name !== 'node_modules' || values.only !== 'test') rmSync(join(copy, name), { recursive: true });
  }
  const script =
    'git ls-files -z --cached --others --exclude-standard | tar -c --null --ignore-failed-read -T - | tar -x -C "$0"';
  await run('/bin/sh', ['-euc', script, copy], { cwd: root, env: process.env });
}

/** Starts it, waits until health answers, puts a secret in, takes it out again, and stops it. */
const tryStart = `
cd /coffer; npm start > /tmp/start.log 2>&1 & pid=$!
for i in $(seq 1200); do
  grep -q '^ready http' /tmp/start.log && break
  kill -0 $pid || { cat /tmp/start.log; exit 1; }
  sleep 0.5
done
node -e '
  const text = require("node:fs").readFileSync("/tmp/start.log", "utf8");
  const [token, at] = [/coffer_\\S+/.exec(text)[0], /^ready (\\S+)/m.exec(text)[1]];
  const headers = { authorization: "Bearer " + token, "content-type": "application/json" };
  const body = JSON.stringify({ key: "K", value: "correct horse" });
  (async () => {
    const put = await fetch(at + "/api/v1/main/namespaces/company.team/secrets", { method: "PUT", headers, body });
    const get = await fetch(at + "/coffer/v1/main/namespaces/company.team/values/K", { headers });
    if (!put.ok || (await get.json()).value !== "correct horse") throw new Error("it did not give back what it took");
  })();
'
kill $pid; wait $pid || true`;

const steps: { name: string; part: string; script: string }[] = [
  { name: 'npm ci', part: 'start', script: 'cd /coffer; npm ci --no-audit --no-fund' },
  { name: 'npm start', part: 'start', script: tryStart },
  {
    name: 'npm test',
    part: 'test',
    script: `cd /coffer; [ -d node_modules ] || npm ci --no-audit --no-fund; npm test -- ${positionals.map((word) => `'${word}'`).join(' ')}`,
  },
];

async function prove(): Promise<Outcome> {
  const lacking = ['debootstrap', 'unshare', 'git', 'tar'].filter((program) => !which(program));
  if (process.getuid?.() !== 0) return failure('a system can be made by root alone');
  if (lacking.length > 0) return failure(`not installed here: ${lacking.join(', ')} (apt-get install debootstrap)`);
  const chosen = steps.filter(({ part }) => values.only === undefined || part === values.only);
  if (chosen.length === 0) return failure('--only is "start" or "test"');
  const system = values.root ?? mkdtempSync(join(tmpdir(), 'coffer-bare-'));
  let passed = 0;
  try {
    await makeSystem(system);
    await copyCheckout(system);
    for (const { name, script } of chosen) {
      const began = performance.now();
      console.log(`\n== ${name}`);
      await inside(system, script);
      const seconds = Number(((performance.now() - began) / 1_000).toFixed(1));
      console.log(JSON.stringify({ figure: `bare Debian: ${name}`, value: seconds, unit: 's' }));
      passed += 1;
    }
    return { passed, failed: 0, problems: [] };
  } catch (error) {
    return { ...failure(`bare machine: ${(error as Error).message}`), passed };
  } finally {
    if (!values.keep && values.root === undefined) rmSync(system, { recursive: true, force: true });
  }
}

if (values.help) {
  process.stdout.write(`${help}\n`);
} else {
  const outcome = await prove();
  if (outcome.problems.length > 0) console.error(`\n${outcome.problems.join('\n')}`);
  console.log(lastLine(outcome));
  process.exitCode = outcome.failed > 0 ? 1 : 0;
}
