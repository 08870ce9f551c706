import { CacheController } from './coffer/cache.controller.js';
import { DeadLettersController } from './coffer/dead-letters.controller.js';
import { OperationsController } from './coffer/operations.controller.js';
import { ResolveController } from './coffer/resolve.controller.js';
import { ListsController } from './kestra/lists.controller.js';
import { WritesController } from './kestra/writes.controller.js';
import { FrontController } from './system/front.controller.js';
import { HealthController } from './system/health.controller.js';

/** All of them; a controller that is not here is not served. */
export const CONTROLLERS = [
  WritesController,
  ListsController,
  ResolveController,
  CacheController,
  OperationsController,
  DeadLettersController,
  HealthController,
  FrontController,
];
