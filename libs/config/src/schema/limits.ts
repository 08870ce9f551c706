import { z } from 'zod';
import { byteSize, duration, wholeNumber } from './scalars.js';

const MIB = 1_048_576;

const timeLimit = duration.refine((milliseconds) => milliseconds <= 3_600_000, { error: 'must be at most 1h' });

/** `coffer.limits`: what callers may use up. A caller over a limit gets an error that says what would be right. */
export const limits = z
  .strictObject({
    answer: byteSize
      .default(16 * MIB)
      .describe(
        'Bytes of one answer; items of a batch that come later are answered `too-large`, other answers with 413.',
      ),
    answersInFlight: byteSize
      .default(128 * MIB)
      .describe('Bytes of all long answers that their callers have not taken yet; what comes beyond is answered 503.'),
    answerTimeout: timeLimit
      .default(60_000)
      .describe('How long a caller may take to read a long answer; then the connection is cut. At most 1h.'),
    batchTime: timeLimit
      .default(10_000)
      .describe('How long one batch may take; items that are not done by then are answered `timeout`. At most 1h.'),
    sortKeys: wholeNumber(1, 100).default(8).describe('Keys by which one list is sorted; more are answered 422.'),
    refreshesPerMinute: wholeNumber(1, 1_000_000)
      .default(60)
      .describe(
        'Reads with `refresh=true`, which the store is asked for, of one caller in one namespace or below it; ten times as many in all namespaces together. Those beyond are answered 429.',
      ),
    requestsPerMinute: wholeNumber(1, 1_000_000_000)
      .default(3_000_000)
      .describe(
        'Requests of one caller in one namespace or below it, each item of a batch counted; ten times as many in all ' +
          'namespaces together. Those beyond are answered 429. The default is more than one gateway can answer: lower it to ' +
          'protect callers from one another.',
      ),
    callers: byteSize
      .default(8 * MIB)
      .describe(
        'What one gateway remembers of callers for each of `requestsPerMinute` and `refreshesPerMinute`, some 350 bytes for ' +
          'each caller and namespace; what was used least recently is forgotten, and begins with a full quota.',
      ),
    tenants: wholeNumber(1, 100_000)
      .default(20)
      .describe(
        'Tenants that neither the configuration nor a store knows, for which stores are listed within one `coffer.catalogue.refresh`; lists of others are answered 429.',
      ),
    localCache: byteSize
      .default(128 * MIB)
      .describe('Bytes of what is cached in the memory of one gateway; the entry that was used least recently goes.'),
    bodiesInFlight: byteSize
      .refine((bytes) => bytes >= 4 * MIB, { error: 'must be at least 4MiB, which one body may have' })
      .default(128 * MIB)
      .describe(
        'Bytes of the bodies of all requests under way, as their Content-Length tells, or as they come; a request whose ' +
          'body does not fit is answered 503. At least 4MiB.',
      ),
    connections: wholeNumber(1, 1_000_000)
      .default(10_000)
      .describe('Open connections to one gateway; those beyond are closed at once.'),
    connectionsPerAddress: wholeNumber(1, 1_000_000)
      .default(2_000)
      .describe(
        'Open connections of one address, or of one /64 of IPv6, to one gateway; those beyond are answered 429 and closed. ' +
          'Those of `coffer.server.trustedProxies` are not counted: they carry many clients.',
      ),
    headers: wholeNumber(1, 1_000).default(100).describe('Headers of one request; more are answered 400 or 431.'),
    headerSize: byteSize
      .refine((bytes) => bytes >= 4_096 && bytes <= MIB, { error: 'must be from 4KiB to 1MiB' })
      .default(16_384)
      .describe('Bytes of the request line and headers of one request, from 4KiB to 1MiB; more are answered 431.'),
    headersTimeout: timeLimit
      .default(10_000)
      .describe(
        'How long the first byte of a request and the end of its headers may take, from when its connection is open; on a ' +
          'kept connection from the first byte. Then it is answered 408 and cut. At most 1h.',
      ),
    requestTimeout: timeLimit
      .default(30_000)
      .describe('How long a whole request may take to come; then it is answered 408 and cut. At most 1h.'),
    bodyRate: byteSize
      .default(512)
      .describe(
        'Bytes a second with which a body must come on average, after its first 5 s; one that comes more slowly is answered ' +
          '408 and cut.',
      ),
    requestsInFlight: wholeNumber(1, 1_000_000)
      .default(1_000)
      .describe(
        'Requests under way at the same time, those answered from memory and those that wait for longer than some 2 s not counted; fewer, ' +
          'down to 128, while the processor is busy. Those beyond are answered 503; health and metrics always are.',
      ),
    queue: byteSize
      .default(64 * MIB)
      .describe(
        'Writes that this process has queued and that are not finished, of all callers together; one that does not fit ' +
          'is answered 503 before it is queued.',
      ),
    operations: byteSize
      .default(128 * MIB)
      .describe(
        'What one process remembers of the operations of the replay window (6 minutes), about 60 bytes each. Beyond it ' +
          'the oldest without an Idempotency-Key are forgotten, and no new key is taken while keys alone take it up.',
      ),
    deadLetters: byteSize
      .default(64 * MIB)
      .describe(
        'Dead letters that are kept, in memory by a lone process and in their topic over Kafka (where Coffer makes it); ' +
          'beyond it the oldest go.',
      ),
  })
  .refine(({ answer, answersInFlight }) => answer <= answersInFlight, {
    path: ['answer'],
    message: 'must not be more than answersInFlight',
  })
  .refine(({ headersTimeout, requestTimeout }) => headersTimeout <= requestTimeout, {
    path: ['headersTimeout'],
    message: 'must not be more than requestTimeout',
  });

export type LimitsConfiguration = z.output<typeof limits>;

/** What counts where nothing is configured. */
export const DEFAULT_BUDGETS: LimitsConfiguration = limits.parse({});
