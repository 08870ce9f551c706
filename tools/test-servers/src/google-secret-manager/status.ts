import { status } from '@grpc/grpc-js';

/** What the service answers a call with that it does not do. */
export class Refusal extends Error {
  readonly code: number;
  readonly details: string;

  constructor(code: number, details: string) {
    super(details);
    this.code = code;
    this.details = details;
  }
}

export function refuse(name: keyof typeof status, details: string): never {
  throw new Refusal(status[name], details);
}
