import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AnswerAllowance, AnswerBudget, AnswerShare } from './answer-budget.js';

declare module 'fastify' {
  interface FastifyInstance {
    answerBudget: AnswerBudget;
  }
  interface FastifyRequest {
    allowance: AnswerAllowance | undefined;
  }
}

/** The one of this request's answer, opened by the first who asks. */
export const allowanceOf = (request: FastifyRequest, reply: FastifyReply, share?: AnswerShare): AnswerAllowance =>
  (request.allowance ??= request.server.answerBudget.open(reply.raw, share));
