import { CacheController } from '../values/cache.controller.js';
import { DeadLettersController } from '../operations/dead-letters.controller.js';
import { resolveBatch, resolveSecret } from '../values/endpoints.js';
import { OperationsController } from '../operations/operations.controller.js';
import { endpointsOf } from './endpoint/endpoint.decorator.js';
import type { EndpointDefinition } from './endpoint/endpoint.js';
import { ListsController } from '../secrets/lists.controller.js';
import { WritesController } from '../secrets/writes.controller.js';
import { FrontController } from '../system/front.controller.js';
import { HealthController } from '../system/health.controller.js';

/** All of Nest's; a controller that is not here is not served. */
export const CONTROLLERS = [
  WritesController,
  ListsController,
  CacheController,
  OperationsController,
  DeadLettersController,
  HealthController,
  FrontController,
];

/** Everything that is served: by the controllers, and by the routes beside them. */
export const ENDPOINTS: readonly EndpointDefinition[] = [...endpointsOf(CONTROLLERS), resolveSecret, resolveBatch];
