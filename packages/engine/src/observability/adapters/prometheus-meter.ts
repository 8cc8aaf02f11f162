import {
  collectDefaultMetrics,
  Counter as PromCounter,
  Gauge,
  Histogram as PromHistogram,
  Registry,
} from 'prom-client'
import type { Counter, GaugeReading, Histogram, Measure, Meter } from '../meter.ts'

/** Metrics for Prometheus, in a registry of their own. */
export class PrometheusMeter implements Meter {
  readonly #registry = new Registry()

  /** With `processBasics`: memory, processor time, event loop and garbage collection too. */
  constructor({ processBasics }: { readonly processBasics: boolean }) {
    if (processBasics) collectDefaultMetrics({ register: this.#registry, prefix: 'mainstem_' })
  }

  counter(measure: Measure): Counter {
    const counter = new PromCounter({ ...named(measure), registers: [this.#registry] })
    return { add: (by, labels = {}) => counter.inc(labels, by) }
  }

  histogram(measure: Measure & { readonly buckets: readonly number[] }): Histogram {
    const histogram = new PromHistogram({
      ...named(measure),
      buckets: [...measure.buckets],
      registers: [this.#registry],
    })
    return { observe: (value, labels = {}) => histogram.observe(labels, value) }
  }

  gauge(
    measure: Measure,
    read: () => readonly GaugeReading[] | Promise<readonly GaugeReading[]>,
  ): void {
    const gauge = new Gauge({
      ...named(measure),
      registers: [this.#registry],
      async collect() {
        const readings = await readingsOf(read)
        gauge.reset()
        // prom-client shows a gauge without labels as 0 when nothing was set: that would be untrue.
        if (readings.length === 0 && measure.labels === undefined) gauge.remove()
        for (const { value, labels } of readings) gauge.set(labels ?? {}, value)
      },
    })
  }

  async expose(): Promise<{ contentType: string; text: string }> {
    return { contentType: this.#registry.contentType, text: await this.#registry.metrics() }
  }
}

async function readingsOf(
  read: () => readonly GaugeReading[] | Promise<readonly GaugeReading[]>,
): Promise<readonly GaugeReading[]> {
  try {
    return await read()
  } catch {
    return []
  }
}

function named(measure: Measure): { name: string; help: string; labelNames: string[] } {
  return { name: measure.name, help: measure.help, labelNames: [...(measure.labels ?? [])] }
}
