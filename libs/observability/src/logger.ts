import pino, { type DestinationStream, type Logger as PinoLogger } from 'pino';
import { CofferError } from '@coffer/secrets';
import { standardOut } from './line-output.js';

export type Logger = Pick<PinoLogger, 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'child'>;
export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

/**
 * What a log line may say about an error. Messages of errors that are not ours are left out: vendors and parsers quote
 * what they were given. The stack keeps the places and loses the message.
 */
export const errorForLog = (error: unknown): Record<string, unknown> => {
  if (error instanceof CofferError) {
    return {
      code: error.code,
      message: error.message,
      ...(Object.keys(error.details).length > 0 ? { details: error.details } : {}),
    };
  }
  if (!(error instanceof Error)) return { name: typeof error };
  const places = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const code = (error as NodeJS.ErrnoException).code;
  return {
    name: error.name,
    ...(typeof code === 'string' ? { code } : {}),
    at: places.slice(0, 8).map((line) => line.trim()),
  };
};

/** Names under which a value or a credential would travel, whatever object they hang on. */
const SENSITIVE = ['value', 'password', 'secret', 'token', 'authorization', 'cookie', 'body', 'set-cookie'];

/** Structured lines on the destination (default: standard output), one JSON object each. */
export const createLogger = (level: LogLevel, destination?: DestinationStream): Logger =>
  pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: errorForLog, error: errorForLog },
      redact: {
        paths: SENSITIVE.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]),
        censor: '[redacted]',
      },
    },
    destination ?? standardOut(),
  );
