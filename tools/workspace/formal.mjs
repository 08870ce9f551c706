import './require-node.mjs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { cacheFolder, root } from './checkout.mjs';
import { lastLine } from './reports.mjs';

const help = `Checks the protocol of libs/coherence in every order of events, in small scopes: clean with all rules, and not without any of
them. Needs rustc; some three minutes. See libs/coherence/formal/README.md.

  npm run formal

The last line is "N passed, N failed".`;

/** Scopes in which nothing may be found, exhaustively. */
const clean = [
  'ni=2 nv=1 nh=1 join=1 rt=1 fail=1 live=1',
  'ni=1 nv=1 nh=1 t=1 eps=1 drift=1 join=1 boot=1 rt=1 rp=1 fail=1 lost=1 live=1',
  'ni=1 nv=2 nh=2 join=1',
  'ni=1 nv=1 nh=1 coords=2 join=1',
  'ni=1 nv=1 nh=1 workers=2 join=1 boot=1 rt=1 fail=1',
  'ni=1 nv=1 nh=1 workers=2 zdead=1',
  'ni=1 nv=1 nh=1 live=1 cut=1',
];

/** Scopes in which the rule that is left out is missed. */
const missed = [
  'ni=1 nv=1 nh=1 off=lease',
  'ni=1 nv=1 nh=1 off=send',
  'ni=1 nv=1 nh=1 off=block',
  'ni=2 nv=1 nh=1 off=tag',
  'ni=1 nv=1 nh=2 join=1 off=kill',
  'ni=1 nv=1 nh=1 join=1 off=join',
  'ni=1 nv=2 nh=2 boot=1 off=replay',
  'ni=1 nv=2 nh=2 boot=1 off=nonce',
  'ni=1 nv=1 nh=1 coords=2 off=epochgrant',
  'ni=1 nv=1 nh=1 workers=2 zdead=1 off=owner,prepold',
  'ni=1 nv=1 nh=1 coords=2 off=coordwait',
  'ni=1 nv=1 nh=1 off=attempt',
  'ni=1 nv=1 nh=1 live=1 cut=1 off=withhold,snapshot',
  'ni=1 nv=1 nh=1 off=cleared',
  'ni=1 nv=1 nh=1 live=1 coords=2 off=reprep,timer',
  'ni=1 nv=1 nh=1 live=1 lost=1 off=timer',
  'ni=1 nv=2 nh=1 cond=0 rt=1',
  'ni=1 nv=1 nh=1 rt=1 off=uncertain',
  'ni=1 nv=1 nh=1 fail=1 rt=1 off=abortsafe',
  'ni=1 nv=1 nh=1 workers=2 fail=1 rt=1 off=owner',
  'ni=1 nv=1 nh=1 t=1 eps=0 drift=1',
];

if (process.argv.slice(2).some((argument) => ['--help', '-h'].includes(argument))) {
  process.stdout.write(`${help}\n`);
} else {
  const checker = join(cacheFolder('formal'), 'check');
  const source = join(root, 'libs/coherence/formal/check.rs');
  execFileSync('rustc', ['--edition', '2021', '-O', '-A', 'warnings', '-o', checker, source], { stdio: 'inherit' });
  let failed = 0;
  for (const scope of [...clean, ...missed]) {
    const output = execFileSync(checker, [...scope.split(' '), 'quiet'], { encoding: 'utf8' }).trim();
    const ok = clean.includes(scope) ? output.includes('no violation, exhaustive') : output.includes('VIOLATION');
    if (!ok) failed += 1;
    console.log(`${ok ? 'ok    ' : 'FAILED'} ${scope} ${output}`);
  }
  console.log(lastLine({ passed: clean.length + missed.length - failed, failed, problems: [] }));
  process.exitCode = failed > 0 ? 1 : 0;
}
