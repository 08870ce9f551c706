import { CofferError } from '@coffer/secrets';
import type { FastifyReply } from 'fastify';
import type { EndpointDefinition } from './endpoint.js';

const JSON_TYPE = 'application/json; charset=utf-8';

/** An answer of whichever definition. */
export interface AnyAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Sends what the definition declares, and throws for anything else. */
export const sendAnswer = (definition: EndpointDefinition, answer: AnyAnswer, reply: FastifyReply): void => {
  const declared = definition.answers[answer.status];
  if (declared === undefined) throw new CofferError('internal', `status ${answer.status} is not declared`);
  void reply.status(answer.status);
  if (answer.headers !== undefined) void reply.headers(answer.headers);
  if (declared.body === undefined) {
    void reply.send();
    return;
  }
  const checked = declared.body.safeParse(answer.body);
  if (!checked.success) throw new Error('the answer is not as the endpoint declares it');
  if (declared.types === undefined) {
    void reply.header('content-type', JSON_TYPE).send(JSON.stringify(checked.data));
    return;
  }
  if (!reply.hasHeader('content-type')) void reply.type(declared.types[0] ?? '');
  void reply.send(checked.data);
};
