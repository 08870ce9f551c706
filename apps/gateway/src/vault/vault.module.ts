import { Module } from '@nestjs/common';
import { HttpModule } from '../http/http.module.js';
import { ReadsModule } from '../reads/reads.module.js';
import { SystemModule } from '../system/system.module.js';
import { WritesModule } from '../writes/writes.module.js';
import { VaultDataController } from './data.controller.js';
import { VaultDeletionsController } from './deletions.controller.js';
import { VaultLoginController } from './login.controller.js';
import { VaultMetadataController } from './metadata.controller.js';
import { SecretChanges } from './secret-changes.js';
import { VaultSystemController } from './system.controller.js';
import { VaultTokenController } from './token.controller.js';

/** What clients of HashiCorp Vault are answered, as by its KV engine of version 2; only where `coffer.vault` enables it. */
@Module({
  imports: [HttpModule, ReadsModule, WritesModule, SystemModule],
  controllers: [
    VaultDataController,
    VaultDeletionsController,
    VaultLoginController,
    VaultMetadataController,
    VaultSystemController,
    VaultTokenController,
  ],
  providers: [SecretChanges],
})
export class VaultModule {}
