import { Readable } from 'node:stream';
import { CofferError } from '@coffer/secrets';
import { Controller, Inject } from '@nestjs/common';
import { Endpoint } from '../http/endpoint/endpoint.decorator.js';
import type { Answer, Call } from '../http/endpoint/endpoint.js';
import { ConsoleFiles } from './console-files.js';
import { consoleFile, consoleIndex, consoleRedirect } from './system.endpoints.js';

/**
 * What the console's pages may do: their own scripts and styles, requests to this gateway, and nothing else. The
 * console's tests run under it and fail on any report.
 */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "object-src 'none'",
].join('; ');

const PAGE_HEADERS = {
  'content-security-policy': PAGE_POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** The files of the browser console under `/ui`. They hold no secret: what they show, they ask the API for. */
@Controller()
export class ConsoleController {
  constructor(@Inject(ConsoleFiles) private readonly files: ConsoleFiles) {}

  @Endpoint(consoleRedirect)
  async redirect(_call: Call<typeof consoleRedirect>): Promise<Answer<typeof consoleRedirect>> {
    return { status: 308, headers: { location: '/ui/', 'cache-control': 'no-cache' }, body: undefined };
  }

  @Endpoint(consoleIndex)
  async index({ headers }: Call<typeof consoleIndex>): Promise<Answer<typeof consoleIndex>> {
    return this.#answer('', headers);
  }

  @Endpoint(consoleFile)
  async file({ key, headers }: Call<typeof consoleFile>): Promise<Answer<typeof consoleFile>> {
    return this.#answer(key, headers);
  }

  async #answer(
    path: string,
    { 'accept-encoding': accepted = '', 'if-none-match': known }: Call<typeof consoleFile>['headers'],
  ): Promise<Answer<typeof consoleFile>> {
    const file = await this.files.find(path, accepted);
    if (file === undefined) {
      throw new CofferError('not-found', 'there is no such file of the console; "npm run build" builds it');
    }
    const headers = { ...PAGE_HEADERS, ...file.headers };
    if (known !== undefined && known === file.headers['etag']) return { status: 304, headers, body: undefined };
    const length = String(file.bytes.length);
    return { status: 200, headers: { ...headers, 'content-length': length }, body: Readable.from([file.bytes]) };
  }
}
