export { DataFolder } from './data-folder/data-folder.js';
export { composeStandalone, type Standalone, type StandaloneOptions } from './standalone.js';
