import type { Comparison } from '../comparison/compare.js';
import type { KafkaSubjects } from './subjects.js';
import type { Variant } from '../comparison/sample.js';
import { LANES } from '../subjects/coffer-calls.js';

export const kafkaVariants = ({ coffer, bare }: Pick<KafkaSubjects, 'coffer' | 'bare'>): readonly Variant[] => [
  { name: 'bare loop', concurrency: 1, secrets: 1, call: () => bare.write() },
  { name: 'write', concurrency: 1, secrets: 1, call: (lane) => coffer.write(lane) },
  { name: `bare loop ×${LANES}`, concurrency: LANES, secrets: 1, call: () => bare.write() },
  { name: `write ×${LANES}`, concurrency: LANES, secrets: 1, call: (lane) => coffer.write(lane) },
];

/** Comparisons of `kafkaVariants`. */
export const kafkaComparisons = (workers: number): readonly Comparison[] => {
  const with_ = `Kafka, ${workers} ${workers === 1 ? 'worker' : 'workers'}`;
  return [
    {
      figure: `${with_}: write p50 above the bare loop`,
      unit: 'ms',
      aim: '≤ 15',
      of: (sample) => sample('write').p50 - sample('bare loop').p50,
    },
    {
      figure: `${with_}: write ×${LANES} throughput / bare loop ×${LANES}`,
      unit: 'times',
      aim: '≥ 0.7',
      of: (sample) => sample(`write ×${LANES}`).perSecond / sample(`bare loop ×${LANES}`).perSecond,
    },
  ];
};
