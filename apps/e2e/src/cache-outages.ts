import { outagesProperty } from './cache-outages/property.js';
import { runCommand } from './measure/index.js';

void runCommand(async () => {
  const [seconds = 60, stopped = 8] = process.argv.slice(2).map(Number);
  return outagesProperty({ seconds, stopped });
});
