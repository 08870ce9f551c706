import { Controller, Inject } from '@nestjs/common';
import { Endpoint } from '../http/endpoint/endpoint.decorator.js';
import type { Answer, Call } from '../http/endpoint/endpoint.js';
import { EndpointRouter } from '../http/endpoint-router.js';
import { VERSION } from '../process/tokens.js';
import { describeApi, type ApiDocument } from './api-document.js';
import { description, front } from './system.endpoints.js';
import { frontFacts, frontPage } from './front-page.js';

const wantsHtml = (accept: string): boolean => /(^|,)\s*text\/html\b/i.test(accept);

/** The two ways to learn what this is. */
@Controller()
export class FrontController {
  private described: ApiDocument | undefined;

  constructor(
    @Inject(VERSION) private readonly version: string,
    @Inject(EndpointRouter) private readonly router: EndpointRouter,
  ) {}

  @Endpoint(front)
  async front(call: Call<typeof front>): Promise<Answer<typeof front>> {
    const { version } = this;
    if (!wantsHtml(call.accept)) return { status: 200, headers: { vary: 'accept' }, body: frontFacts(version) };
    return {
      status: 200,
      headers: { 'content-type': 'text/html; charset=utf-8', vary: 'accept' },
      body: frontPage(version, call.browser().publicOrigin),
    };
  }

  @Endpoint(description)
  async openapi(_call: Call<typeof description>): Promise<Answer<typeof description>> {
    return { status: 200, body: { ...this.document() } };
  }

  /** Made once: the endpoints stay the same for as long as the process runs. */
  private document(): ApiDocument {
    this.described ??= describeApi(this.router.definitions, this.version);
    return this.described;
  }
}
