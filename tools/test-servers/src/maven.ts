import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { canInstall, installPackages } from './apt.ts';
import { cacheFolder } from './places.ts';
import { run, which } from './processes.ts';

/** `pom`: a file that names jars for Maven. Fetches them where they are absent; returns their folder. Rejects with a sentence. */
export async function jarsOf(pom: string, name: string, log: (line: string) => void): Promise<string> {
  const fingerprint = createHash('sha256').update(readFileSync(pom)).digest('hex').slice(0, 12);
  const folder = join(cacheFolder(), `${name}-${fingerprint}`);
  if (existsSync(folder)) return folder;
  const wanted = [...(which('javac') ? [] : ['default-jdk-headless']), ...(which('mvn') ? [] : ['maven'])];
  if (wanted.length > 0 && !canInstall()) throw new Error(`${wanted.join(' and ')} must be installed for ${name}`);
  if (wanted.length > 0) await installPackages([wanted], log);
  const draft = `${folder}.${process.pid}`;
  log(`fetching the jars of ${name} with Maven into ${folder}`);
  await run('mvn', ['-B', '-q', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${draft}`], {
    env: process.env,
  });
  // Whoever else fetched them meanwhile has the same ones.
  if (existsSync(folder)) rmSync(draft, { recursive: true });
  else renameSync(draft, folder);
  return folder;
}
