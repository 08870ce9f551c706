import type { SecretClientOptions } from '@azure/keyvault-secrets';
import { failure } from './errors.js';

type Policy = NonNullable<SecretClientOptions['additionalPolicies']>[number];

/** A page of 25 secrets with all their tags is far below 1 MiB, a value is at most 25 KiB. */
const MAX_ANSWER_BYTES = 16 * 1_048_576;

/**
 * Ends an answer that grows beyond what a vault or a directory sends: the SDK itself would hold all of it, whatever sent
 * it. The request fails with `unavailable`.
 */
export const limitAnswers: Policy = {
  position: 'perCall',
  policy: {
    name: 'cofferAnswerLimit',
    async sendRequest(request, next) {
      const tooLarge = new AbortController();
      const { abortSignal } = request;
      const given = abortSignal instanceof AbortSignal ? [abortSignal] : [];
      request.abortSignal = AbortSignal.any([...given, tooLarge.signal]);
      request.onDownloadProgress = ({ loadedBytes }) => {
        if (loadedBytes <= MAX_ANSWER_BYTES) return;
        // Thrown, it ends the reading; the connection goes on until the request is aborted.
        tooLarge.abort();
        tooLarge.signal.throwIfAborted();
      };
      try {
        return await next(request);
      } catch (error) {
        if (tooLarge.signal.aborted) throw failure('unavailable', 'the answer is larger than 16 MiB, so it is not one');
        throw error;
      }
    },
  },
};
