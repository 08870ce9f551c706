import { rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { rolldown, type Plugin } from 'rolldown';
import { BUNDLES, programs, root } from './checkout.ts';

/**
 * Packages that are loaded from where they are installed, when a process first needs them: clients of stores, which read files of
 * their own and of which a process uses one or two; and clients whose own modules we reach into, which must be there once.
 */
const INSTALLED =
  /^(?:@aws-sdk|@azure|@elastic|@google-cloud|@grpc|cloudevents|google-auth-library|ioredis|kafkajs|mysql2|node-vault)(?:\/|$)/;

/** Modules still see their own place, whatever file they are in now. */
const places: Plugin = {
  name: 'places',
  transform: {
    filter: { id: /\.c?js$/, code: /__dirname|__filename/ },
    handler: (code, id) => {
      const from = (path: string) => `require('node:path').join(__dirname, ${JSON.stringify(relative(BUNDLES, path))})`;
      const place = code.replace(/\b__filename\b/g, '__place_of_file').replace(/\b__dirname\b/g, '__place_of_folder');
      // In one line: the lines of the module stay what they are.
      return `const __place_of_file = ${from(id)}, __place_of_folder = ${from(dirname(id))};${place}`;
    },
  },
};

/** zod brings its sentences in 50 languages, all of which it loads: what we say is English. */
const english: Plugin = {
  name: 'english',
  load: {
    filter: { id: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.c?js$/ },
    handler: (id) =>
      id.endsWith('.cjs') ? `exports.en = require('./en.cjs').default;` : `export { default as en } from './en.js';`,
  },
};

const bundle = await rolldown({
  cwd: root,
  input: Object.fromEntries(programs.map((name) => [name, join(root, 'apps', name, 'dist/main.js')])),
  platform: 'node',
  external: (id) => INSTALLED.test(id),
  plugins: [places, english],
  onLog: (_level, { code, id = '', message }) => {
    // What packages can do without is not installed.
    if (code === 'UNRESOLVED_IMPORT' && id.includes('node_modules')) return;
    throw new Error(message);
  },
});
rmSync(BUNDLES, { recursive: true, force: true });
const { output } = await bundle.write({
  dir: BUNDLES,
  format: 'cjs',
  entryFileNames: '[name].js',
  chunkFileNames: 'part-[name].js',
  comments: false,
});
await bundle.close();

const ours = output
  .flatMap((file) => (file.type === 'chunk' ? file.imports : []))
  .filter((id) => id.startsWith('@coffer/'));
if (ours.length > 0) throw new Error(`code of our own is outside: ${ours.join(', ')}`);
