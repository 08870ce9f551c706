import { propertyOf } from '@coffer/backend-contract';
import { UndiciConnection } from '@elastic/elasticsearch';
import type { Readable } from 'node:stream';

type ConnectionOptions = ConstructorParameters<typeof UndiciConnection>[0];

const ignore = (): void => undefined;

const CODE = /^[A-Z0-9_/]{1,60}$/;

/**
 * The library's connection. Of the error that a request failed of, the library keeps its message alone, which may quote what
 * was sent; here the message is the error's code where it has one. An answer whose headers promise too much the library destroys
 * before anybody listens to it, which would end the process.
 */
export class CodedConnection extends UndiciConnection {
  constructor(options: ConnectionOptions) {
    super(options);
    const { pool } = this;
    const request = pool.request.bind(pool) as unknown as (asked: object) => Promise<{ readonly body: Readable }>;
    pool.request = (async (asked: object) => {
      try {
        const answer = await request(asked);
        answer.body.on('error', ignore);
        return answer;
      } catch (error) {
        const code = propertyOf(error, 'code');
        if (typeof code === 'string' && CODE.test(code)) (error as { message: string }).message = code;
        throw error;
      }
    }) as unknown as typeof pool.request;
  }
}

/** The code of the error that a `ConnectionError` of such a connection came of. */
export const connectionCode = (thrown: unknown): string | undefined => {
  if (propertyOf(thrown, 'name') !== 'ConnectionError') return undefined;
  const message = propertyOf(thrown, 'message');
  const [first = ''] = typeof message === 'string' ? message.split(' ') : [];
  return CODE.test(first) ? first : undefined;
};
