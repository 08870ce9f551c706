import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gatewayGraph, judge } from './gateway-graph.ts';

const judged = (...arrows: [string, string][]) => {
  const all = arrows.map(([from, to]) => ({ from, to }));
  return judge({ files: [...new Set(arrows.flat())], arrows: all, circular: [] });
};

test('imports downward and within a room are right, and the longest chain is counted', () => {
  const { problems, rooms, files } = judged(
    ['gateway.module.ts', 'values/a.ts'],
    ['values/a.ts', 'values/b.ts'],
    ['values/b.ts', 'http/request/c.ts'],
    ['values/a.ts', 'process/d.ts'],
  );
  assert.deepEqual([problems, rooms, files], [[], 3, 4]);
});

test('imports upward, between features, of node:http and in a circle are named, and so is a room without a floor', () => {
  assert.match(judged(['process/a.ts', 'http/b.ts']).problems.join(), /^process\/a\.ts imports http\/b\.ts: upward/);
  assert.match(judged(['secrets/a.ts', 'events/b.ts']).problems.join(), /into another/);
  assert.match(
    judged(['values/a.ts', 'node:http']).problems.join(),
    /only http\/fast-path\.ts and http\/admission\.ts and http\/list-requests\.ts may/,
  );
  assert.match(judged(['new/a.ts', 'process/b.ts']).problems.join(), /has no floor/);
  const circular = [{ from: 'values/a.ts', to: 'values/b.ts' }];
  assert.equal(judge({ files: ['values/a.ts'], arrows: [], circular }).problems.length, 1);
});

test('the graph of the gateway has its files and their imports', async () => {
  const { files, arrows } = await gatewayGraph();
  assert.ok(files.includes('http/fast-path.ts'));
  assert.ok(files.length > 50 && arrows.length > 100);
});
