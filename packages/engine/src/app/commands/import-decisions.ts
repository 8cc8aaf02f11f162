import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { MainstemError } from '@mainstem/contracts'
import type { Contradictions, Verdict } from '../../identity/index.ts'
import { openFile, type SqlSession } from '../../lake/index.ts'
import { ident, literal } from '../../query/index.ts'
import type { Engine } from '../engine/engine.ts'
import type { DecisionItem, RecordKey } from '../engine/take-decisions.ts'
import { type AnswerPlace, numberAt, placeOf, textAt } from './answer.ts'
import {
  checkDecider,
  contradicting,
  type DecisionRow,
  decisionRows,
  heldDecisions,
  journalDecisions,
  keyText,
  usage,
  verdictOf,
} from './decision-record.ts'
import { recordKeys, recordNamesSql, sideOf } from './decision-records.ts'
import { DECISION_COLUMNS } from './decisions.ts'

/** The answer of `decisions import`. */
export interface Imported extends AnswerPlace {
  /** Decisions that were recorded. */
  readonly imported: number
  /** Rows that say what holds already. */
  readonly unchanged: number
  /** Imported decisions of which a record is not there: they hold when it comes. */
  readonly waiting: number
  readonly rows: readonly DecisionRow[]
}

/** Takes decisions from a CSV file: all of it, or nothing and an error that names the line. */
export async function importDecisions(engine: Engine, path: string): Promise<Imported> {
  return await engine.deciding(async () => {
    const batches = await engine.reading(async session => {
      const lines = await readLines(session, engine, path)
      return await checked(session, lines)
    })
    const before = await lastNumber(engine)
    for (const [object, items] of batches.items) await journalDecisions(engine, object, items)
    return await engine.reading(async session => ({
      ...placeOf(engine),
      imported: [...batches.items.values()].reduce((sum, items) => sum + items.length, 0),
      unchanged: batches.unchanged,
      waiting: batches.waiting,
      rows: await decisionRows(session, engine, `d.number > ${before}`),
    }))
  })
}

async function lastNumber(engine: Engine): Promise<number> {
  const [row] = await engine.reading(session =>
    session.rows('select coalesce(max(number), 0) from decision'),
  )
  return numberAt(row, 0)
}

/** The same for people. */
export function importLines({ imported, unchanged, waiting }: Imported): readonly string[] {
  const waits = waiting === 0 ? [] : [`${waiting} of them wait for records that are not there.`]
  return [`${imported} decisions imported, ${unchanged} held already.`, ...waits]
}

/** A line of the file: what it decides, and where it stands. */
interface DecisionLine {
  readonly line: number
  readonly object: number
  readonly isWaiting: boolean
  readonly item: DecisionItem
}

async function readLines(
  session: SqlSession,
  engine: Engine,
  path: string,
): Promise<readonly DecisionLine[]> {
  const label = basename(path)
  if (!existsSync(path)) {
    throw new MainstemError(
      'SOURCE_MISSING',
      `There is no file ${label}. "decisions export" writes one.`,
      {
        file: label,
      },
    )
  }
  const opened = await openFile(session, { path, label, format: 'CSV', compression: 'none' })
  const column = (name: string): string =>
    opened.columns.includes(name) ? ident(name) : `null::varchar as ${ident(name)}`
  const rows = await session.rows(
    `select ${DECISION_COLUMNS.map(column).join(', ')} from (${opened.sample(Number.MAX_SAFE_INTEGER)})`,
  )
  const broken = await session.rows(
    `select line from ${opened.rejects?.table ?? 'rejected_0'} order by line limit 1`,
  )
  if (broken[0])
    throw invalid(label, numberAt(broken[0], 0), 'It cannot be read as CSV of so many columns.')
  const lines: DecisionLine[] = []
  for (const [at, row] of rows.entries()) {
    const cells = Object.fromEntries(
      DECISION_COLUMNS.map((name, place) => [name, textAt(row, place) ?? '']),
    )
    lines.push(await readLine(session, engine, { cells, label, line: at + 2 }))
  }
  return lines
}

function invalid(label: string, line: number, says: string): MainstemError {
  return new MainstemError(
    'DECISION_INVALID',
    `${label}, line ${line}: ${says} Nothing was imported.`,
    {
      file: label,
      line,
    },
  )
}

interface LineToRead {
  readonly cells: Cells
  readonly label: string
  readonly line: number
}

async function readLine(
  session: SqlSession,
  engine: Engine,
  { cells, label, line }: LineToRead,
): Promise<DecisionLine> {
  const verdict = verdictOf(cells['verdict'])
  if (verdict === undefined || verdict === 'none')
    throw invalid(label, line, 'The verdict must be "together" or "never".')
  const [author = '', reason = ''] = [cells['author'], cells['reason']]
  try {
    checkDecider(engine, { author, reason })
    const told = { verdict, author, reason, atMs: timeOf(engine, cells['decided_at'] ?? '') }
    const sides = await keysOf(session, engine, cells)
    return { line, ...sides, item: { ...told, one: sides.one, other: sides.other } }
  } catch (error) {
    if (error instanceof MainstemError) throw invalid(label, line, error.message)
    throw error
  }
}

function timeOf(engine: Engine, text: string): number {
  if (text === '') return engine.clock.nowMs()
  const atMs = Date.parse(text)
  if (Number.isFinite(atMs)) return atMs
  throw usage('decided_at must be a time, such as 2025-07-01T12:00:00Z.')
}

type Cells = Readonly<Record<string, string>>

interface Keys {
  readonly object: number
  readonly one: RecordKey
  readonly other: RecordKey
  readonly isWaiting: boolean
}

/** By fully qualified key, also of records that are not there; by `stream/id` of those that are. */
async function keysOf(session: SqlSession, engine: Engine, cells: Cells): Promise<Keys> {
  const { a_id: aId = '', b_id: bId = '' } = cells
  return aId === '' && bId === ''
    ? await namedKeys(session, engine, cells)
    : await qualifiedKeys(session, engine, cells)
}

async function namedKeys(session: SqlSession, engine: Engine, cells: Cells): Promise<Keys> {
  const sides = [
    await sideOf(session, engine, cells['a'] ?? ''),
    await sideOf(session, engine, cells['b'] ?? ''),
  ] as const
  const [a = -1, b = -1] = sides.map(({ pids }) => pids[0] ?? -1)
  const isFit = sides[0].object === sides[1].object && !sides.some(side => side.isUnified)
  if (!isFit) throw usage('Name two records of one object as stream/id.')
  const keys = await recordKeys(session, [a, b])
  const pair = { one: keys.get(a) ?? NO_KEY, other: keys.get(b) ?? NO_KEY }
  return { object: sides[0].object, isWaiting: false, ...differing(pair) }
}

async function qualifiedKeys(session: SqlSession, engine: Engine, cells: Cells): Promise<Keys> {
  const object = ['Individual', 'Account'].indexOf(cells['object'] ?? '')
  const keys = (['a', 'b'] as const).map((side): RecordKey => {
    const qualifier = cells[`${side}_qualifier`] ?? ''
    return { id: cells[`${side}_id`] ?? '', qualifier: qualifier === '' ? null : qualifier }
  })
  const [one = NO_KEY, other = NO_KEY] = keys
  if (object < 0 || keys.some(({ id }) => id === ''))
    throw usage('Give object (Individual or Account), a_id and b_id, or a and b as stream/id.')
  const there = await isThere(session, engine, { object, keys })
  return { object, isWaiting: !there, ...differing({ one, other }) }
}

const NO_KEY: RecordKey = { id: '', qualifier: null }

function differing<P extends { readonly one: RecordKey; readonly other: RecordKey }>(pair: P): P {
  if (keyText(pair.one) !== keyText(pair.other)) return pair
  throw usage('Both have the same fully qualified key: one source profile.')
}

async function isThere(
  session: SqlSession,
  engine: Engine,
  { object, keys }: { readonly object: number; readonly keys: readonly RecordKey[] },
): Promise<boolean> {
  const rows = await session.rows(
    `select count(distinct p.pid) from party p join ${recordNamesSql(engine)} n on n.pid = p.pid where p.object = ${object} and (${keys
      .map(
        ({ id, qualifier }) =>
          `(p.id = ${literal(id)} and p.kq is not distinct from ${literal(qualifier)})`,
      )
      .join(' or ')})`,
  )
  return numberAt(rows[0], 0) === keys.length
}

interface Checked {
  readonly items: ReadonlyMap<number, readonly DecisionItem[]>
  readonly unchanged: number
  readonly waiting: number
}

async function checked(session: SqlSession, lines: readonly DecisionLine[]): Promise<Checked> {
  const items = new Map<number, DecisionItem[]>()
  const held = new Map<number, Contradictions>()
  let [unchanged, waiting] = [0, 0]
  for (const { line, object, item, isWaiting } of lines) {
    const all = held.get(object) ?? (await heldDecisions(session, object))
    held.set(object, all)
    const pair = { one: keyText(item.one), other: keyText(item.other), verdict: verdictKept(item) }
    if (all.verdict(pair) === pair.verdict) {
      unchanged += 1
      continue
    }
    const against = all.against(pair)
    if (against.length > 0) throw contradicting(against, line)
    all.take({ ...pair, name: `line ${line}` })
    if (isWaiting) waiting += 1
    items.set(object, [...(items.get(object) ?? []), item])
  }
  return { items, unchanged, waiting }
}

function verdictKept({ verdict }: DecisionItem): Verdict {
  return verdict === 'together' ? 'together' : 'never'
}
