import assert from 'node:assert/strict';
import { test } from 'node:test';
import { patternOf } from './refused-names.ts';

test('a refused name is found alone and as a word of a longer one, and nowhere else', () => {
  const refuses = (name: string, identifier: string) => new RegExp(patternOf(name)).test(identifier);
  for (const identifier of ['told', 'isTold', 'toldAgain', 'TOLD_told'])
    assert.ok(refuses('told', identifier), identifier);
  for (const identifier of ['threshold', 'toldest', 'Toldo']) assert.ok(!refuses('told', identifier), identifier);
  for (const identifier of ['PATIENCE', 'READ_PATIENCE', 'PATIENCE_MS'])
    assert.ok(refuses('PATIENCE', identifier), identifier);
  for (const identifier of ['AGAINST', 'EAI_AGAIN']) assert.ok(!refuses('AGAIN', identifier), identifier);
  assert.ok(refuses('letter', 'newLetter'));
  for (const identifier of ['deadLetter', 'DeadLetter', 'writeDeadLetter'])
    assert.ok(!refuses('letter', identifier), identifier);
});
