// @ts-check
import { parseArgs } from 'node:util'

/** What every benchmark can be told; each takes what it knows. */
export function readFlags() {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      /** Sizes, such as `1000000,5000000`. */
      records: { type: 'string' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      /** How long to wait for an idle machine before each measurement. */
      wait: { type: 'string' },
      memory: { type: 'string' },
    },
  })
  return {
    quick: values.quick,
    records: values.records?.split(',').map(Number),
    rounds: values.rounds === undefined ? undefined : Number(values.rounds),
    seconds: values.seconds === undefined ? undefined : Number(values.seconds),
    waitSeconds: Number(values.wait ?? (values.quick ? 0 : 60)),
    memory: values.memory,
  }
}
