import { suiteRun } from './suite-run.ts';

/** Stops the servers; keeps their logs, and says where, when a suite has failed. */
export default async function stop(): Promise<void> {
  const { servers, failed } = suiteRun();
  await (await servers)?.stop({ failed });
}
