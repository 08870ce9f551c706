import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from './checkout.ts';

/** A package with one script, `called`, in a folder of its own, and a folder beside it. */
function newPackage(file: string, program: string, command: string) {
  const top = realpathSync(mkdtempSync(join(tmpdir(), 'coffer-checkout-')));
  const [packageFolder, elsewhere] = [join(top, 'package'), join(top, 'elsewhere')];
  for (const folder of [packageFolder, elsewhere]) mkdirSync(folder);
  writeFileSync(join(packageFolder, file), program);
  const scripts = { called: command.replace(/^node/, `"${process.execPath}"`) };
  writeFileSync(join(packageFolder, 'package.json'), JSON.stringify({ name: 'called', version: '1.0.0', scripts }));
  const call = (cwd: string, ...args: string[]) =>
    execFileSync('npm', ['--prefix', packageFolder, 'run', '-s', 'called', '--', ...args], { cwd, encoding: 'utf8' });
  return { packageFolder, elsewhere, call, remove: () => rmSync(top, { recursive: true }) };
}

/** Prints the folder that it is in after `enterCallerFolder`. */
const newPlaces = (before = '') =>
  newPackage(
    'where.mjs',
    `import { enterCallerFolder } from ${JSON.stringify(import.meta.resolve('./checkout.ts'))};
    ${before}
    enterCallerFolder(import.meta.dirname);
    console.log(process.cwd());`,
    'node where.mjs',
  );

test('a command of npm finds files where it was called, not where its package is', () => {
  const { packageFolder, elsewhere, call, remove } = newPlaces();
  try {
    assert.equal(call(elsewhere).trim(), elsewhere);
    assert.equal(call(packageFolder).trim(), packageFolder);
  } finally {
    remove();
  }
});

test('a folder that was chosen after npm began stays', () => {
  const { packageFolder, elsewhere, call, remove } = newPlaces("process.chdir('/');");
  try {
    assert.equal(call(elsewhere).trim(), '/');
    assert.equal(call(packageFolder).trim(), '/');
  } finally {
    remove();
  }
});

test('a file that `coffer run --env-file` names is read by Coffer alone, never by Node, which would take its own options from it', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: { coffer: string } };
  const tool = 'tools/run.mjs workspace/coffer';
  assert.ok(scripts.coffer.endsWith(tool));
  const { elsewhere, call, remove } = newPackage(
    'print.mjs',
    'console.log(JSON.stringify(process.argv.slice(2)))',
    scripts.coffer.replace(tool, 'print.mjs'),
  );
  try {
    // Node ends with 9 where it would read this file.
    assert.deepEqual(JSON.parse(call(elsewhere, 'run', '--env-file', 'absent')), ['run', '--env-file', 'absent']);
  } finally {
    remove();
  }
});
