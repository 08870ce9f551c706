import { endpointsOf } from './http/endpoint/endpoint.decorator.js';
import type { EndpointDefinition } from './http/endpoint/endpoint.js';
import { describeApi, type ApiDocument } from './system/api-document.js';
import { GatewayModule } from './gateway.module.js';

type ModuleClass = abstract new (...parameters: never[]) => object;

const metadata = <T>(key: 'imports' | 'controllers', module: ModuleClass): readonly T[] =>
  (Reflect.getMetadata(key, module) as readonly T[] | undefined) ?? [];

const modulesBelow = (module: ModuleClass, found: Set<ModuleClass>): Set<ModuleClass> => {
  if (found.has(module)) return found;
  found.add(module);
  for (const below of metadata<ModuleClass>('imports', module)) modulesBelow(below, found);
  return found;
};

/** In the order of the application's modules. Nothing is opened: endpoints stand on the prototypes of controllers. */
const definitions = (): readonly EndpointDefinition[] =>
  [...modulesBelow(GatewayModule, new Set())]
    .flatMap((module) => metadata<ModuleClass>('controllers', module))
    .flatMap(({ prototype }) => endpointsOf(Object.create(prototype as object) as object))
    .map(({ definition }) => definition);

/** What a gateway answers at `/openapi.json`, without one that runs. */
export const describeGateway = (version: string): ApiDocument => describeApi(definitions(), version);
