import type { ColumnStatistics } from './column-statistics.ts'

/** Of a column whose values are of no shape. */
export const NO_SHAPES: ColumnStatistics['shapes'] = {
  email: 0,
  phone: 0,
  date: 0,
  time: 0,
  postal: 0,
  url: 0,
  ip: 0,
  number: 0,
  uuid: 0,
  twoLetters: 0,
  threeCapitals: 0,
  word: 0,
}
