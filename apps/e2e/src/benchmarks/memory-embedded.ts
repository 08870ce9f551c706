import { startCoffer } from '../harness/index.js';
import { property } from '../harness/property.js';
import { measureMemory } from './memory/measure.js';

export default property({
  name: 'memory-embedded',
  title: 'Memory under writes, embedded',
  shows:
    'Half an hour of as many writes as the embedded start takes: what it has resident each minute is flat once the window is full, and what a window remembers costs at most 150 bytes an operation.',
  servers: [],
  quick: { seconds: 6, afterSeconds: 2, sampleSeconds: 2 },
  quickFigures: [
    'embedded: writes',
    'embedded: writes not answered with 200',
    'embedded: standalone, at the end of the load',
    'embedded: standalone, 2 s after the load',
    'embedded: remembered of an operation of the window',
  ],
  full: { seconds: 1_800, afterSeconds: 540, sampleSeconds: 60 },
  run: async (times) => {
    const { url, token, pid, stop } = await startCoffer();
    try {
      const watched = [{ name: 'standalone', pid, url }];
      return await measureMemory({ ...times, subject: 'embedded', watched, url, token, aimMb: 400 });
    } finally {
      await stop();
    }
  },
});
