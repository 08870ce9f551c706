import { CatalogueService, ReadCache } from '@coffer/reads';
import { Operations } from '@coffer/writes';
import { Inject, Module, type DynamicModule, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { HttpModule, type HttpDependencies } from './http/index.js';
import { LogController } from './log.controller.js';
import { Canary } from './coherence-probe.js';

/** What a gateway is made of. */
export interface GatewayOptions {
  readonly http: HttpDependencies;
  readonly operations: Operations;
  readonly catalogue: CatalogueService;
  /** Absent: nothing is cached. */
  readonly cache?: ReadCache;
  readonly canary?: Canary;
}

/** The door: who are you, is this well formed; reads stores, publishes mutations and waits for their outcome. */
@Module({})
export class GatewayModule implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(
    @Inject(Operations) private readonly operations: Operations,
    @Inject(CatalogueService) private readonly catalogue: CatalogueService,
    @Inject(ReadCache) private readonly cache: ReadCache | undefined,
  ) {}

  static register({ http, operations, catalogue, cache, canary }: GatewayOptions): DynamicModule {
    return {
      module: GatewayModule,
      imports: [HttpModule.register({ useFactory: () => http })],
      controllers: [LogController],
      providers: [
        { provide: Operations, useValue: operations },
        { provide: CatalogueService, useValue: catalogue },
        { provide: ReadCache, useValue: cache },
        { provide: Canary, useValue: canary },
      ],
    };
  }

  onApplicationBootstrap(): void {
    this.operations.start();
    this.catalogue.start();
  }

  onModuleDestroy(): void {
    this.cache?.close();
    this.catalogue.close();
    this.operations.close();
  }
}
