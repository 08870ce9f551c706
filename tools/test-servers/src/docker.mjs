import { run, succeeds, which } from './processes.mjs';

/** @type {boolean | undefined} */
let answered;

/** Whether a Docker engine (not merely its client) answers. Asked once per process. */
export function dockerAnswers() {
  answered ??= which('docker') !== undefined && succeeds('docker', ['version', '--format', '{{.Server.Version}}']);
  return answered;
}

/**
 * Makes sure that the image is here; pulls it when it is not.
 * @param {string} image
 * @param {(line: string) => void} log
 */
export async function ensureImage(image, log) {
  if (succeeds('docker', ['image', 'inspect', image])) return;
  log(`pulling ${image}`);
  await run('docker', ['pull', '--quiet', image]);
}

/**
 * `docker run` in the foreground: the client hands our signals on to the container, so that a container is started,
 * logged and stopped as a process is. Secrets travel in the client's environment, not on its command line.
 * @param {import('./lifecycle.mjs').Containerised} docker
 * @param {{container: string, port: number, password: string}} where
 * @returns {import('./processes.mjs').Launch}
 */
export function containerLaunch(docker, { container, port, password }) {
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

/** Removes a container that its client did not take along. @param {string} container */
export const removeContainer = (container) => succeeds('docker', ['rm', '--force', container]);
