import { run, succeeds, which } from './processes.ts';
import type { Containerised } from './lifecycle.ts';
import type { Launch } from './processes.ts';

let answered: boolean | undefined;

/** Whether a Docker engine (not merely its client) answers. Asked once per process. */
export function dockerAnswers() {
  answered ??= which('docker') !== undefined && succeeds('docker', ['version', '--format', '{{.Server.Version}}']);
  return answered;
}

/** Makes sure that the image is here; pulls it when it is not. */
export async function ensureImage(image: string, log: (line: string) => void) {
  if (succeeds('docker', ['image', 'inspect', image])) return;
  log(`pulling ${image}`);
  await run('docker', ['pull', '--quiet', image]);
}

/**
 * `docker run` in the foreground: the client hands our signals on to the container, so that a container is started,
 * logged and stopped as a process is. Secrets travel in the client's environment, not on its command line.
 */
export function containerLaunch(
  docker: Containerised,
  { container, port, password }: { container: string; port: number; password: string },
): Launch {
  const variables = docker.environment(password);
  const names = Object.keys(variables).flatMap((name) => ['--env', name]);
  return {
    command: 'docker',
    args: [
      ...['run', '--rm', '--name', container, '--label', 'coffer.test-server'],
      ...['--publish', `127.0.0.1:${port}:${docker.port}`, ...names, docker.image, ...docker.args],
    ],
    env: { ...process.env, ...variables },
    cwd: '/',
  };
}

/** Removes a container that its client did not take along. */
export const removeContainer = (container: string) => succeeds('docker', ['rm', '--force', container]);
