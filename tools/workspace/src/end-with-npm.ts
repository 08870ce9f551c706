/** How often a run by npm looks whether npm is still there, in milliseconds. */
const LOOK_MS = 250;

/**
 * npm hands a SIGTERM on to the shell that it started us by, and the shell dies of it without a word to us. That our
 * parent is another one then means that we were asked to end as well.
 */
export function endWithNpm() {
  if (process.env.npm_lifecycle_event === undefined || process.platform === 'win32') return;
  const parent = process.ppid;
  const look = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(look);
    process.kill(process.pid, 'SIGTERM');
  }, LOOK_MS);
  look.unref();
}
