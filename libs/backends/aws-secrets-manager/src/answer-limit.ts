import { Readable, Transform, pipeline } from 'node:stream';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { propertyOf } from '@coffer/backend-contract';

type Plugin = Parameters<SecretsManagerClient['middlewareStack']['use']>[0];

/** A page of 100 secrets with all their tags is far below 2 MiB, a value below 64 KiB. */
const MAX_ANSWER_BYTES = 16 * 1_048_576;

/** Its name is what `toCofferError` knows it by. */
class AnswerTooLargeError extends Error {
  override readonly name = 'AnswerTooLargeError';
}

const limited = (body: Readable): Readable => {
  let bytes = 0;
  const counted = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      bytes += chunk.length;
      if (bytes > MAX_ANSWER_BYTES) done(new AnswerTooLargeError('the answer is too large'));
      else done(null, chunk);
    },
  });
  // Its reader gets the error that ends it.
  pipeline(body, counted, () => undefined);
  return counted;
};

/** Ends an answer that grows beyond what the service sends: the SDK itself would hold all of it, whatever sent it. */
export const limitAnswers: Plugin = {
  applyToStack: (stack) =>
    stack.add(
      (next) => async (given) => {
        const result = await next(given);
        const body = propertyOf(result.response, 'body');
        if (body instanceof Readable) (result.response as { body: Readable }).body = limited(body);
        return result;
      },
      { step: 'deserialize', priority: 'low', name: 'cofferAnswerLimit' },
    ),
};
