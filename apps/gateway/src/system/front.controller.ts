import { Controller, Inject } from '@nestjs/common';
import { HTTP_DEPENDENCIES, type HttpDependencies } from '../http/dependencies.js';
import { Endpoint } from '../http/endpoint/endpoint.decorator.js';
import type { Answer, Call } from '../http/endpoint/endpoint.js';
import { API_DOCUMENT, type ApiDocument } from './api-document.js';
import { description, front } from './endpoints.js';
import { frontFacts, frontPage } from './front-page.js';

const wantsHtml = (accept: string): boolean => /(^|,)\s*text\/html\b/i.test(accept);

/** The two ways to learn what this is. */
@Controller()
export class FrontController {
  constructor(
    @Inject(HTTP_DEPENDENCIES) private readonly dependencies: HttpDependencies,
    @Inject(API_DOCUMENT) private readonly document: ApiDocument,
  ) {}

  @Endpoint(front)
  async front(call: Call<typeof front>): Promise<Answer<typeof front>> {
    const { version } = this.dependencies;
    if (!wantsHtml(call.accept)) return { status: 200, headers: { vary: 'accept' }, body: frontFacts(version) };
    return {
      status: 200,
      headers: { 'content-type': 'text/html; charset=utf-8', vary: 'accept' },
      body: frontPage(version),
    };
  }

  @Endpoint(description)
  async openapi(_call: Call<typeof description>): Promise<Answer<typeof description>> {
    return { status: 200, body: { ...this.document } };
  }
}
