import { property } from '../harness/property.js';
import { compare } from './comparison/compare.js';
import { report } from './comparison/report.js';
import { runRounds } from './comparison/sample.js';
import { COMPARISONS } from './bench/comparisons.js';
import { withSubjects } from './bench/subjects.js';
import { variantsOf } from './bench/variants.js';

const EACH = ['resolve p50 above', 'resolve beside', 'resolve ×16', 'batch resolves', 'write beside', 'write ×16'];

export default property({
  name: 'bench',
  title: 'Speed of reads and writes',
  shows: 'What Coffer adds to a bare HTTP server, to a round trip to the database and to a bare conditional update.',
  servers: ['postgresql'],
  quick: { seconds: 1 },
  quickFigures: ['embedded', 'PostgreSQL'].flatMap((database) => EACH.map((figure) => `${database}: ${figure}`)),
  full: { seconds: 60, profile: '' },
  help: `Measures reads and writes of Coffer in one process beside what they cannot do without: a bare node:http server
that answers the same bytes, the database's own SELECT by primary key, and a bare conditional UPDATE.

  --seconds N        how long to measure; setting up takes some seconds more
  --profile FOLDER   leaves CPU profiles of both Coffers there; what is measured is then slower

This process is the load generator: a small keep-alive HTTP client on plain sockets, one request under way for each
connection, exact latencies. What it measures runs in other processes; the embedded database's SELECT and UPDATE run in
this one, without any round trip. The variants take turns in short slices, round after round; every ratio is one of two
slices of the same round, and the median and the range over all rounds are reported.`,
  run: async ({ seconds, profile }) => {
    const rounds = await withSubjects(profile === '' ? undefined : profile, (subjects) =>
      runRounds(variantsOf(subjects), seconds),
    );
    return report('Reads and writes', compare(COMPARISONS, rounds), rounds);
  },
});
