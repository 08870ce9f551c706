import { Transform, type TransformCallback } from 'node:stream';

/** A message of the PostgreSQL protocol begins with its type, one byte, and its length, four, which counts itself but not the type. */
const TYPE = 1;
const HEAD = TYPE + 4;
const ERROR_RESPONSE = 0x45;

const withEnd = (message: Buffer): Buffer => {
  const ended = Buffer.concat([message, Buffer.alloc(1)]);
  ended.writeUInt32BE(ended.length - TYPE, TYPE);
  return ended;
};

/** A field ends with a zero, and the list of fields with another one. */
const isEnded = (message: Buffer): boolean => message.at(-1) === 0 && message.at(-2) === 0;

/**
 * What a server of H2 sends, message by message. H2 ends the list of fields of most errors, but not of those about the
 * protocol itself (`08P01`, "Portal not found" for one), and `pg` then reads on beyond the message: for ever, where nothing
 * has come behind it. Here every error is ended.
 */
export class EndedErrors extends Transform {
  #begun: Buffer = Buffer.alloc(0);

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    let left = this.#begun.length === 0 ? chunk : Buffer.concat([this.#begun, chunk]);
    while (left.length >= HEAD) {
      const length = TYPE + left.readUInt32BE(TYPE);
      if (length < HEAD) return done(new Error('H2 sent a message that is shorter than its head'));
      if (left.length < length) break;
      const message = left.subarray(0, length);
      this.push(message[0] === ERROR_RESPONSE && !isEnded(message) ? withEnd(message) : message);
      left = left.subarray(length);
    }
    this.#begun = left;
    done();
  }
}
