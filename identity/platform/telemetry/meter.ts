import { Counter, Gauge, Histogram, Registry } from 'prom-client'

/** Makes the metrics of one registry. */
export class Meter {
  readonly registry = new Registry()

  counter<L extends string>(name: string, help: string, ...labelNames: readonly L[]): Counter<L> {
    return new Counter({ name, help, labelNames, registers: [this.registry] })
  }

  gauge<L extends string>(name: string, help: string, ...labelNames: readonly L[]): Gauge<L> {
    return new Gauge({ name, help, labelNames, registers: [this.registry] })
  }

  /** `buckets`: upper bounds in seconds. */
  histogram<L extends string>(
    name: string,
    help: string,
    buckets: readonly number[],
    ...labelNames: readonly L[]
  ): Histogram<L> {
    return new Histogram({ name, help, labelNames, buckets: [...buckets], registers: [this.registry] })
  }
}
