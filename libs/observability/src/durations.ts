import type { Histogram, Registry } from 'prom-client';

/** The histogram of one combination of labels. */
export class DurationSeries {
  readonly #counts: number[];
  #sum = 0;

  constructor(private readonly buckets: readonly number[]) {
    this.#counts = Array.from({ length: buckets.length + 1 }, () => 0);
  }

  observe(seconds: number): void {
    let bucket = 0;
    while (bucket < this.buckets.length && seconds > (this.buckets[bucket] as number)) bucket += 1;
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1;
    this.#sum += seconds;
  }

  /** The samples of a Prometheus histogram: counts up to each bound, their sum and their number. */
  samples(name: string, labels: Readonly<Record<string, string>>) {
    let count = 0;
    const upTo = this.#counts.map((inBucket, index) => {
      count += inBucket;
      return { metricName: `${name}_bucket`, labels: { le: this.buckets[index] ?? '+Inf', ...labels }, value: count };
    });
    return [
      ...upTo,
      { metricName: `${name}_sum`, labels, value: this.#sum },
      { metricName: `${name}_count`, labels, value: count },
    ];
  }
}

export interface DurationsOptions<L extends string> {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly L[];
  /** Upper bounds in seconds, growing. */
  readonly buckets: readonly number[];
  readonly registers: readonly Registry[];
}

/**
 * A histogram for what every request pays for: a series is looked up once and then counts by additions alone, where
 * prom-client's own checks, sorts and joins the labels at each observation.
 */
export class Durations<L extends string> {
  readonly name: string;
  readonly #options: DurationsOptions<L>;
  readonly #series = new Map<
    string,
    { readonly labels: Readonly<Record<L, string>>; readonly series: DurationSeries }
  >();

  constructor(options: DurationsOptions<L>) {
    this.#options = options;
    this.name = options.name;
    // All that a registry asks of a metric is its name and what `get` answers.
    for (const registry of options.registers) registry.registerMetric(this as unknown as Histogram);
  }

  /** The same one for the same labels; whoever counts often keeps it. */
  series(labels: Readonly<Record<L, string>>): DurationSeries {
    const id = JSON.stringify(this.#options.labelNames.map((name) => labels[name]));
    const known = this.#series.get(id);
    if (known !== undefined) return known.series;
    const series = new DurationSeries(this.#options.buckets);
    this.#series.set(id, { labels, series });
    return series;
  }

  async get() {
    const { name, help } = this.#options;
    const values = [...this.#series.values()].flatMap(({ labels, series }) => series.samples(name, labels));
    return { name, help, type: 'histogram', aggregator: 'sum', values };
  }
}
