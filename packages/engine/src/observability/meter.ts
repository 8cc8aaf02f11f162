/** A number that only grows. */
export interface Counter {
  add(by: number, labels?: Labels): void
}

/** Measurements, counted in buckets. */
export interface Histogram {
  observe(value: number, labels?: Labels): void
}

/** The labels of one measurement. Their values come from our code or definitions, never from data. */
export type Labels = Readonly<Record<string, string>>

/** What a measure is called, what it says, and by which labels it is told apart. */
export interface Measure {
  /** In Prometheus' form, unit last: `mainstem_http_request_seconds`. */
  readonly name: string
  readonly help: string
  readonly labels?: readonly string[] | undefined
}

/** One value of a gauge. */
export interface GaugeReading {
  readonly value: number
  readonly labels?: Labels | undefined
}

/**
 * Metrics.
 *
 * - MT1 a counter starts at 0 and is exposed as the sum of what was added, per set of labels.
 * - MT2 a gauge is read when the metrics are exposed, and shows only what that reading gave.
 * - MT3 a gauge whose reading fails is left out; the others are exposed all the same.
 */
export interface Meter {
  counter(measure: Measure): Counter
  histogram(measure: Measure & { readonly buckets: readonly number[] }): Histogram
  gauge(
    measure: Measure,
    read: () => readonly GaugeReading[] | Promise<readonly GaugeReading[]>,
  ): void
  /** Everything measured, as Prometheus reads it. */
  expose(): Promise<{ readonly contentType: string; readonly text: string }>
}
