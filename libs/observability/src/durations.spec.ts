import { Histogram, Registry } from 'prom-client';
import { Durations } from './durations.js';

const OPTIONS = { name: 'x_seconds', help: 'Of x', labelNames: ['route', 'status'] as const, buckets: [0.01, 0.1, 1] };

it('is shown as a histogram of prom-client with the same observations', async () => {
  const [own, theirs] = [new Registry(), new Registry()];
  const durations = new Durations({ ...OPTIONS, registers: [own] });
  const histogram = new Histogram({ ...OPTIONS, labelNames: [...OPTIONS.labelNames], registers: [theirs] });
  expect(await own.metrics()).toBe(await theirs.metrics());
  for (const labels of [
    { route: '/a', status: '200' },
    { route: '/"b"', status: '404' },
  ]) {
    for (const seconds of [0, 0.005, 0.01, 0.010001, 0.1, 0.5, 1, 30]) {
      durations.series({ ...labels }).observe(seconds);
      histogram.observe(labels, seconds);
    }
  }
  const sorted = (text: string) =>
    text
      .split('\n')
      .map((line) => line.replace(/\{(.*)\}/, (_all, labels: string) => `{${labels.split(',').sort().join(',')}}`));
  expect(sorted(await own.metrics())).toEqual(sorted(await theirs.metrics()));
});
