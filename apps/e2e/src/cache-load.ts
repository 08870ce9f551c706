import { memoryOfEntries } from './benchmarks/cache-load/memory.js';
import { loadOnTheCaches } from './benchmarks/cache-load/traffic.js';
import { join, runCommand } from './measure/index.js';

void runCommand(async () => {
  const [secrets = 5_000, seconds = 30] = process.argv.slice(2).map(Number);
  return join(await memoryOfEntries(100_000), await loadOnTheCaches({ secrets, seconds }));
});
