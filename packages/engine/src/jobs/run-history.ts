/** The part of an SQL session that the history needs. */
export interface RunSql {
  run(sql: string, values?: readonly RunValue[]): Promise<void>
  rows(sql: string, values?: readonly RunValue[]): Promise<readonly (readonly RunValue[])[]>
}
type RunValue = string | number | bigint | boolean | null

/** Why a run was made. */
export type RunTrigger = 'manual' | 'schedule' | 'batch' | 'start'

/** A run of a stage, as it is kept. */
export interface RunRecord {
  readonly stage: string
  readonly name: string
  readonly status: 'SUCCESS' | 'ERROR' | 'SKIPPED'
  readonly startedAt: Date
  readonly seconds: number
  readonly rowsIn: number
  readonly rowsOut: number
  readonly changed: number
  readonly removed: number
  readonly problems: number
  /** A sentence, never a customer's data. */
  readonly error?: string | undefined
  readonly position: bigint
  readonly asOf: Date
  readonly trigger: RunTrigger
}

/** A run with its number. */
export interface KeptRun extends RunRecord {
  readonly id: bigint
}

/** Makes the table of runs, where it is missing. Recorded, not derived. */
export async function ensureRunTable(sql: RunSql): Promise<void> {
  await sql.run(/*sql*/ `create table if not exists run (
    id BIGINT, stage VARCHAR, name VARCHAR, status VARCHAR, started_at TIMESTAMPTZ, seconds DOUBLE,
    rows_in BIGINT, rows_out BIGINT, changed BIGINT, removed BIGINT, problems BIGINT, error VARCHAR,
    position BIGINT, as_of TIMESTAMPTZ, "trigger" VARCHAR)`)
}

/** Writes a run down and gives its number. */
export async function writeRun(sql: RunSql, run: RunRecord): Promise<bigint> {
  const [row] = await sql.rows('select coalesce(max(id), 0) + 1 from run')
  const id = BigInt(row?.[0] ?? 1)
  await sql.run(
    `insert into run values ($1::BIGINT, $2, $3, $4, $5::TIMESTAMPTZ, $6::DOUBLE, $7::BIGINT, $8::BIGINT,
       $9::BIGINT, $10::BIGINT, $11::BIGINT, $12::VARCHAR, $13::BIGINT, $14::TIMESTAMPTZ, $15)`,
    [
      id,
      run.stage,
      run.name,
      run.status,
      run.startedAt.toISOString(),
      run.seconds,
      run.rowsIn,
      run.rowsOut,
      run.changed,
      run.removed,
      run.problems,
      run.error ?? null,
      run.position,
      run.asOf.toISOString(),
      run.trigger,
    ],
  )
  return id
}

const COLUMNS = /*sql*/ `id, stage, name, status, epoch_ms(started_at), seconds, rows_in, rows_out, changed,
  removed, problems, error, position, epoch_ms(as_of), "trigger"`

/** What to read of the history. */
export interface RunFilter {
  readonly stage?: string | undefined
  readonly name?: string | undefined
  readonly limit?: number | undefined
}

/** The newest runs first. */
export async function readRuns(sql: RunSql, filter: RunFilter = {}): Promise<readonly KeptRun[]> {
  const rows = await sql.rows(
    `select ${COLUMNS} from run
     where ($1::VARCHAR is null or stage = $1) and ($2::VARCHAR is null or name = $2)
     order by id desc limit $3::BIGINT`,
    [filter.stage ?? null, filter.name ?? null, filter.limit ?? 100],
  )
  return rows.map(keptRun)
}

/** The newest run of each stage and name; only those of one status, where it is given. */
export async function lastRuns(
  sql: RunSql,
  status?: RunRecord['status'],
): Promise<readonly KeptRun[]> {
  const rows = await sql.rows(
    `select ${COLUMNS} from run where $1::VARCHAR is null or status = $1
     qualify row_number() over (partition by stage, name order by id desc) = 1 order by stage, name`,
    [status ?? null],
  )
  return rows.map(keptRun)
}

/** Deletes runs older than so many days, but never the newest run or success of a stage and name. */
export async function retainRuns(sql: RunSql, asOf: Date, days: number): Promise<void> {
  const before = new Date(asOf.getTime() - days * 86_400_000).toISOString()
  await sql.run(
    `delete from run where started_at < $1::TIMESTAMPTZ and id not in (
       select max(id) from run group by stage, name, status)`,
    [before],
  )
}

function keptRun(row: readonly RunValue[]): KeptRun {
  const at = (place: number): RunValue => row[place] ?? null
  return {
    id: BigInt(at(0) ?? 0),
    stage: String(at(1)),
    name: String(at(2)),
    status: at(3) === 'ERROR' ? 'ERROR' : at(3) === 'SKIPPED' ? 'SKIPPED' : 'SUCCESS',
    startedAt: new Date(Number(at(4))),
    seconds: Number(at(5)),
    rowsIn: Number(at(6)),
    rowsOut: Number(at(7)),
    changed: Number(at(8)),
    removed: Number(at(9)),
    problems: Number(at(10)),
    error: at(11) === null ? undefined : String(at(11)),
    position: BigInt(at(12) ?? 0),
    asOf: new Date(Number(at(13))),
    trigger: triggerOf(at(14)),
  }
}

const TRIGGERS = ['manual', 'schedule', 'batch', 'start'] as const

function triggerOf(value: RunValue): RunTrigger {
  return TRIGGERS.find(trigger => trigger === value) ?? 'manual'
}
