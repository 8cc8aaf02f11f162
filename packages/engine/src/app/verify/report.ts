/** The stages that can be verified, in the order of the data's path; `store` is what is no stage's. */
export const VERIFY_STAGES = [
  'streams',
  'lake',
  'identity',
  'profiles',
  'insights',
  'segments',
  'activation',
  'store',
] as const
export type VerifyStage = (typeof VERIFY_STAGES)[number]

/** Values of a row by column, as text. */
export type RowValues = Readonly<Record<string, string | null>>

/** One row that differs: what is stored, and what it should be; null where there is no such row. */
export interface RowSample {
  readonly key: string
  readonly live: RowValues | null
  readonly recomputed: RowValues | null
}

/** A law of a table, and how often it is broken. */
export interface LawResult {
  readonly law: string
  readonly violations: number
}

/** What was found in one table. */
export interface TableCheck {
  readonly stage: VerifyStage
  readonly object: string
  readonly kind: 'derived' | 'recorded'
  readonly rowsCompared: number
  readonly differences: number
  readonly onlyLive: number
  readonly onlyRecomputed: number
  /** At most `SAMPLE_MAX` rows. They hold people's data: for whoever runs it, and nobody else. */
  readonly sample: readonly RowSample[]
  readonly laws?: readonly LawResult[]
}

/** A table that was not compared, and what to do about it. */
export interface NotCompared {
  readonly object: string
  readonly reason: string
}

/** The document of `verify`, but for where and when. */
export interface VerifyFindings {
  readonly differences: number
  readonly notCompared: readonly string[]
  readonly reasons: readonly NotCompared[]
  readonly stages: readonly TableCheck[]
}

/** Rows of a sample at most. */
export const SAMPLE_MAX = 5

/** A table under examination. */
export interface TableName {
  readonly stage: VerifyStage
  readonly object: string
  readonly kind: 'derived' | 'recorded'
}

/** What a comparison of a table's rows with recomputed ones found. */
export interface RowDifferences {
  readonly rowsCompared: number
  readonly differences: number
  readonly onlyLive: number
  readonly onlyRecomputed: number
  readonly sample: readonly RowSample[]
}

/** A law that was checked, with some of the rows that break it. */
export interface CheckedLaw extends LawResult {
  readonly sample: readonly RowSample[]
}

interface Entry {
  readonly table: TableName
  rows: RowDifferences
  readonly laws: CheckedLaw[]
}

const NOTHING: RowDifferences = {
  rowsCompared: 0,
  differences: 0,
  onlyLive: 0,
  onlyRecomputed: 0,
  sample: [],
}

/** Gathers what is found, table by table. */
export class FindingsLog {
  readonly #entries = new Map<string, Entry>()
  readonly #reasons: NotCompared[] = []

  /** The tables that were looked at. */
  get objects(): ReadonlySet<string> {
    return new Set([...this.#entries.keys(), ...this.#reasons.map(({ object }) => object)])
  }

  /** Notes a table with so many rows; what is found in it follows. */
  table(table: TableName, rowsCompared: number): void {
    const entry = this.#entry(table)
    entry.rows = { ...entry.rows, rowsCompared: Math.max(entry.rows.rowsCompared, rowsCompared) }
  }

  rows(table: TableName, found: RowDifferences): void {
    const entry = this.#entry(table)
    const rowsCompared = Math.max(entry.rows.rowsCompared, found.rowsCompared)
    entry.rows = { ...found, rowsCompared }
  }

  law(table: TableName, law: CheckedLaw): void {
    this.#entry(table).laws.push(law)
  }

  notCompared(object: string, reason: string): void {
    this.#reasons.push({ object, reason })
  }

  /** How many laws of a table are broken so far, rows that differ not counted. */
  violationsOf(object: string): number {
    return sum(this.#entries.get(object)?.laws ?? [])
  }

  findings(wanted: readonly VerifyStage[]): VerifyFindings {
    const entries = [...this.#entries.values()]
    const stages = entries.filter(({ table }) => wanted.includes(table.stage)).map(tableCheck)
    const place = (one: TableCheck): number => VERIFY_STAGES.indexOf(one.stage)
    stages.sort((one, other) => place(one) - place(other))
    return {
      differences: stages.reduce((total, one) => total + one.differences, 0),
      notCompared: this.#reasons.map(({ object }) => object),
      reasons: this.#reasons,
      stages,
    }
  }

  #entry(table: TableName): Entry {
    const entry = this.#entries.get(table.object) ?? { table, rows: NOTHING, laws: [] }
    this.#entries.set(table.object, entry)
    return entry
  }
}

function tableCheck({ table, rows, laws }: Entry): TableCheck {
  const samples = [...rows.sample, ...laws.flatMap(({ sample }) => sample)]
  return {
    ...table,
    ...rows,
    differences: rows.differences + sum(laws),
    sample: samples.slice(0, SAMPLE_MAX),
    ...(laws.length === 0
      ? {}
      : { laws: laws.map(({ law, violations }) => ({ law, violations })) }),
  }
}

function sum(laws: readonly LawResult[]): number {
  return laws.reduce((total, { violations }) => total + violations, 0)
}
