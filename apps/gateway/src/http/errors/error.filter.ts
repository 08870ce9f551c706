import { ThrottledLogger } from '@coffer/service';
import { Catch, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { throwError, type Observable } from 'rxjs';
import { sendError } from './send-error.js';

/**
 * Everything thrown while a request is answered, by Nest, Fastify or a handler, ends here. What message handlers of the
 * same application throw goes on to their transport.
 */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(@Inject(ThrottledLogger) private readonly logger: Pick<ThrottledLogger, 'log'>) {}

  catch(thrown: unknown, host: ArgumentsHost): Observable<never> | undefined {
    if (host.getType() !== 'http') return throwError(() => thrown);
    const http = host.switchToHttp();
    sendError(http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>(), thrown, this.logger);
    return undefined;
  }
}
