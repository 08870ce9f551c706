import type { IHeaders, KafkaMessage, Message } from 'kafkajs';
import { isErrorCode } from '@coffer/secrets';
import { isDeadLetterId, type DeadLetter } from '../contract/dead-letters.js';
import { decodeMutation, encodeMutation } from './mutation-codec.js';

/** ECMA-262, Time Values: the last millisecond that a date can name. */
const LAST_TIME = 8.64e15;

const textOf = (headers: IHeaders | undefined, name: string): string => headers?.[name]?.toString() ?? '';

/** 0 for what is no number of digits, or more than a date can name. */
const numberOf = (text: string): number => (/^\d{1,16}$/.test(text) ? Math.min(Number(text), LAST_TIME) : 0);

/** The mutation as it was queued, with the letter's own facts beside it. */
export const encodeDeadLetter = ({ id, mutation, code, time }: DeadLetter): Message => {
  const message = encodeMutation(mutation);
  return {
    ...message,
    key: id,
    headers: {
      ...message.headers,
      'dead-letter-code': code,
      'dead-letter-time': String(time),
    },
  };
};

/** The id of the letter that a message is about; `undefined` for what somebody else put into the topic. */
export const deadLetterIdOf = ({ key }: Pick<KafkaMessage, 'key'>): string | undefined => {
  const id = key?.toString() ?? '';
  return isDeadLetterId(id) ? id : undefined;
};

/** Never throws: one letter that cannot be read must not hide the others. */
export const decodeDeadLetter = (id: string, message: KafkaMessage): DeadLetter => {
  const { headers } = message;
  const code = textOf(headers, 'dead-letter-code');
  return {
    id,
    mutation: decodeMutation(message, id),
    code: isErrorCode(code) ? code : 'corrupt',
    time: numberOf(textOf(headers, 'dead-letter-time')),
  };
};
