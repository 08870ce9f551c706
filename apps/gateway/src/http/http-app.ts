import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { HttpDependencies } from './dependencies.js';
import { createHttpAdapter, HTTP_OPTIONS } from './http-adapter.js';
import { DEFAULT_LIMITS, type HttpLimits } from './http-limits.js';
import { HttpModule } from './http.module.js';

/** The HTTP layer alone, initialised but not listening. */
export const createHttpApp = async (
  dependencies: HttpDependencies,
  limits: HttpLimits = DEFAULT_LIMITS,
): Promise<NestFastifyApplication> => {
  const app = await NestFactory.create<NestFastifyApplication>(
    HttpModule.register({ useFactory: () => dependencies }),
    createHttpAdapter(dependencies.logger, limits),
    { ...HTTP_OPTIONS, logger: false },
  );
  await app.init();
  return app;
};
