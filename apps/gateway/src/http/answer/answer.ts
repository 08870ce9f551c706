import { Pace } from '@coffer/reads';
import { CofferError } from '@coffer/secrets';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import type { AnswerAllowance } from '../budget/answer-budget.js';
import type { AnswerDefinition, AnyAnswer, EndpointDefinition, Face } from '../endpoint/endpoint.js';
import { VAULT_TYPE } from '../errors/error-answer.js';
import { hasMap, hasParts, isSurelyShort, jsonParts } from './json-parts.js';
import { PIECE_BYTES, Pieces } from './pieces.js';

const JSON_TYPE = 'application/json; charset=utf-8';

/** Some of Vault's clients look at nothing that says a charset, which JSON has none of. */
export const jsonTypeOf = (face: Face): string => (face === 'vault' ? VAULT_TYPE : JSON_TYPE);

/** Bytes up to which an answer is sent at once and counts in no budget once it may leave: the number of connections bounds those. */
export const SHORT_ANSWER_BYTES = 16 * 1024;

/** The body as it was declared; throws for any other. */
const checkedBody = (declared: z.ZodType | undefined, body: unknown): unknown => {
  const checked = declared?.safeParse(body);
  if (checked?.success === true) return checked.data;
  throw new Error('the answer is not as the endpoint declares it');
};

/** Throws for a JSON text that is not as the endpoint declares it. */
export const mustBeDeclared = ({ body: declared }: AnswerDefinition, text: string): void => {
  checkedBody(declared, JSON.parse(text));
};

/** The text of an answer that is one in place of JSON; `undefined` for JSON. Throws for what is not declared. */
const textOf = ({ textTypes }: AnswerDefinition, { headers, body }: AnyAnswer): string | undefined => {
  const type = headers?.['content-type'];
  if (textTypes === undefined || type === undefined) return undefined;
  if (typeof body === 'string' && textTypes.includes(type.split(';', 1)[0] ?? '')) return body;
  throw new Error('the answer is not as the endpoint declares it');
};

/** As `checkedBody`, in JSON. */
const jsonOf = ({ body: declared }: AnswerDefinition, body: unknown): string =>
  JSON.stringify(checkedBody(declared, body));

/** The whole text, unless it is more than a connection is handed at once, a copy of which a slow caller holds in any case. */
const textOfOnePiece = (parts: Iterable<string>): string | undefined => {
  let text = '';
  for (const part of parts) {
    text += part;
    if (text.length > PIECE_BYTES) return undefined;
  }
  return text;
};

/** What an answer is written with: its response's allowance is opened by the first who asks for it. */
interface Sending {
  readonly reply: FastifyReply;
  readonly allowance: () => AnswerAllowance;
  /** Sends the payload, once it may leave. `bytes` are those that no allowance has, to be held in the budget until then. */
  readonly send: (payload?: unknown, bytes?: number) => void;
}

const sendPieces = ({ allowance, send }: Sending, parts: Iterable<string>): void => {
  allowance().begin();
  send(new Pieces(parts));
};

const sendText = (sending: Sending, text: string): void => {
  const bytes = Buffer.byteLength(text);
  if (bytes <= SHORT_ANSWER_BYTES) {
    sending.send(text, bytes);
    return;
  }
  sending.allowance().atLeast(bytes);
  void sending.reply.header('content-length', bytes);
  if (bytes > PIECE_BYTES) {
    sendPieces(sending, [text]);
    return;
  }
  sending.allowance().begin();
  sending.send(text);
};

/** Counted before the first byte is sent, and made anew while it is sent, so that a slow caller holds no copy of it. */
const sendParts = async (sending: Sending, parts: () => Iterable<string>): Promise<void> => {
  const pace = new Pace();
  let bytes = 0;
  for (const part of parts()) {
    bytes += Buffer.byteLength(part);
    sending.allowance().atLeast(bytes);
    if (pace.due()) await pace.rest();
  }
  void sending.reply.header('content-length', bytes);
  sendPieces(sending, parts());
};

const sendJson = (sending: Sending, declared: AnswerDefinition, body: unknown): void | Promise<void> => {
  const { body: schema } = declared;
  const isWhole =
    schema === undefined || !hasParts(schema) || (!hasMap(schema) && isSurelyShort(body, SHORT_ANSWER_BYTES));
  if (isWhole) {
    return sendText(sending, jsonOf(declared, body));
  }
  const text = textOfOnePiece(jsonParts(schema, body));
  if (text === undefined) return sendParts(sending, () => jsonParts(schema, body));
  return sendText(sending, text);
};

/**
 * Sends what the definition declares, and throws, or rejects, for anything else and for what is over the budget of
 * answers. A long answer goes out in pieces, each when the caller has taken the one before.
 */
export const sendAnswer = (
  definition: EndpointDefinition,
  answer: AnyAnswer,
  sending: Sending,
): void | Promise<void> => {
  const { reply, send } = sending;
  const declared = definition.answers[answer.status];
  if (declared === undefined) throw new CofferError('internal', `status ${answer.status} is not declared`);
  void reply.status(answer.status);
  if (answer.headers !== undefined) void reply.headers(answer.headers);
  if (answer.cookies !== undefined) void reply.header('set-cookie', answer.cookies);
  if (declared.body === undefined) {
    send();
    return undefined;
  }
  if (declared.types === undefined) {
    const text = textOf(declared, answer);
    if (text !== undefined) return sendText(sending, text);
    void reply.header('content-type', jsonTypeOf(definition.face));
    return sendJson(sending, declared, answer.body);
  }
  const body = checkedBody(declared.body, answer.body);
  if (!reply.hasHeader('content-type')) void reply.type(declared.types[0] ?? '');
  if (typeof body === 'string') return sendText(sending, body);
  send(body);
  return undefined;
};
