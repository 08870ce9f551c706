import { expiryProperty } from './properties/cache-expiry.js';
import { runCommand } from './measure/index.js';

void runCommand(() => {
  const [life = 10, keys = 20] = process.argv.slice(2).map(Number);
  return expiryProperty({ life, keys });
});
