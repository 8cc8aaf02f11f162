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
      /** Where the labelled data sets are, and which of them are wanted. */
      data: { type: 'string' },
      sets: { type: 'string' },
      seed: { type: 'string' },
      /** One part of a benchmark. */
      only: { type: 'string' },
      /** Random operations before `verify`. */
      operations: { type: 'string' },
      'no-splink': { type: 'boolean', default: false },
    },
  })
  return {
    quick: values.quick,
    records: values.records?.split(',').map(Number),
    rounds: values.rounds === undefined ? undefined : Number(values.rounds),
    seconds: values.seconds === undefined ? undefined : Number(values.seconds),
    waitSeconds: Number(values.wait ?? (values.quick ? 0 : 60)),
    memory: values.memory,
    data: values.data,
    sets: values.sets?.split(','),
    seed: values.seed === undefined ? undefined : Number(values.seed),
    only: values.only,
    operations: values.operations === undefined ? undefined : Number(values.operations),
    splink: !values['no-splink'],
  }
}
