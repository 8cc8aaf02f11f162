import type { ColumnKind, IdentifierName, RecognisedColumn } from '../model/index.ts'
import type { NodePairs } from './core/index.ts'

/**
 * Records to be resolved, of one or several sources, as a relation of the SQL engine: one row an
 * input row, with `pid` (INTEGER, 0 to `rows` - 1, in the order of the sources and of their rows:
 * the same files give the same numbers), `source` (VARCHAR, the file's name) and one VARCHAR column
 * for each of `columns`; blank text is null.
 */
export interface RecordSet {
  /** The relation's name, as SQL. */
  readonly relation: string
  readonly rows: number
  /** The columns that may be compared; `rowId` and `ignored` ones are not in the relation. */
  readonly columns: readonly RecordColumn[]
  /** What every input column was taken for, those left out included. */
  readonly recognised: readonly RecognisedColumn[]
}

/**
 * A column of the relation: the columns of several sources that hold the same, under one name. Two
 * columns of one source with one kind (a home and a work phone) are two columns, told by `ordinal`:
 * values of one may be compared with values of the other.
 */
export interface RecordColumn {
  /** Its name in the relation, safe and unique: `firstName`, `phone_2`, `attribute_occupation`. */
  readonly name: string
  readonly kind: ColumnKind
  /** 0 for the first column of its kind (and identifier), 1 for the second, … */
  readonly ordinal: number
  readonly identifier?: IdentifierName | undefined
  /** The input columns that fill it, at most one a source. */
  readonly from: readonly { readonly file: string; readonly column: string }[]
  /** How many rows have a value. */
  readonly filled: number
  /** How many distinct values there are, about. */
  readonly distinct: number
}

/** A key or cluster that a limit keeps from joining all it could: how much, never what. */
export interface ContestedKey {
  readonly rule: string
  readonly why: string
  /** Records that share it. */
  readonly records: number
}

/** Which records are one, and what holds each in its cluster. */
export interface ClusteredRecords {
  /** For each record the smallest pid of its cluster. */
  readonly label: Int32Array
  /** For each record the place in `rules` of the weakest link that holds it; -1 where it is alone. */
  readonly matchedBy: Int32Array
  readonly rules: readonly string[]
  /** For each record the probability of that link: 1 for exact rules, and where it is alone. */
  readonly probability: Float64Array
  readonly contested: readonly ContestedKey[]
  /** The relation of `rule, key, pid` by which pairs were looked at: its name, as SQL. */
  readonly keys: string
  /** The pairs that some rule links by itself; made when a truth is there to compare them with. */
  readonly linkedPairs: () => NodePairs
}
