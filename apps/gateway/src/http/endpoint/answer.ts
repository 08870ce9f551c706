import { CofferError } from '@coffer/secrets';
import type { FastifyReply } from 'fastify';
import type { AnswerDefinition, EndpointDefinition } from './endpoint.js';

export const JSON_TYPE = 'application/json; charset=utf-8';

/** An answer of whichever definition. */
export interface AnyAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** The body as it was declared; throws for any other. */
const checkedBody = ({ body: declared }: AnswerDefinition, body: unknown): unknown => {
  const checked = declared?.safeParse(body);
  if (checked?.success === true) return checked.data;
  throw new Error('the answer is not as the endpoint declares it');
};

/** As `checkedBody`, in JSON. */
export const jsonOf = (declared: AnswerDefinition, body: unknown): string =>
  JSON.stringify(checkedBody(declared, body));

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
  if (declared.types === undefined) {
    void reply.header('content-type', JSON_TYPE).send(jsonOf(declared, answer.body));
    return;
  }
  const body = checkedBody(declared, answer.body);
  if (!reply.hasHeader('content-type')) void reply.type(declared.types[0] ?? '');
  void reply.send(body);
};
