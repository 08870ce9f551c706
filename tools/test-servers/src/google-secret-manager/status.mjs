import { status } from '@grpc/grpc-js';

/** What the service answers a call with that it does not do. */
export class Refusal extends Error {
  /** @param {number} code @param {string} details */
  constructor(code, details) {
    super(details);
    this.code = code;
    this.details = details;
  }
}

/** @param {keyof typeof status} name @param {string} details @returns {never} */
export function refuse(name, details) {
  throw new Refusal(status[name], details);
}
