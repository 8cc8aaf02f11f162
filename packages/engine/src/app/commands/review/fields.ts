import type { RulesetDefinition } from '@mainstem/contracts'
import { CONTACT_OBJECTS, isBlank, NORMALISERS, nobodysSql } from '../../../identity/index.ts'
import { dloTable, type SqlSession } from '../../../lake/index.ts'
import { ident, literal } from '../../../query/index.ts'
import type { Engine } from '../../engine/engine.ts'
import { type AnswerPlace, numberAt, placeOf } from '../answer.ts'
import { rowsOf } from '../doctor-facts.ts'

/** How well one field of one stream is filled, and how many of its values can be what they should. */
export interface FieldQuality {
  readonly stream: string
  readonly object: string
  readonly field: string
  readonly rows: number
  /** Empty, only space, or a word for nothing. */
  readonly blank: number
  /** On a list of values that are nobody's. */
  readonly placeholders: number
  /** Filled and not what the field is for: an e-mail without @, a phone that is none, a date in the future. */
  readonly invalid: number
  /** Percent of the rows that say something: neither blank nor a placeholder. */
  readonly completeness: number
  /** Percent of those that can be right; null for fields of which nothing can be told. */
  readonly validity: number | null
}

/** The answer of `review fields`. */
export interface FieldsReview extends AnswerPlace {
  readonly fields: readonly FieldQuality[]
}

/**
 * Completeness and validity of every mapped field that says who somebody is, by stream. One pass over
 * each object; the lists of placeholders are those of the first ruleset.
 */
export async function reviewFields(engine: Engine): Promise<FieldsReview> {
  return await engine.reading(async session => {
    const found: FieldQuality[] = []
    for (const object of ['Individual', 'Account', ...CONTACT_OBJECTS])
      found.push(...(await fieldsOf(session, engine, object)))
    return { ...placeOf(engine), fields: found }
  })
}

async function fieldsOf(
  session: SqlSession,
  engine: Engine,
  object: string,
): Promise<readonly FieldQuality[]> {
  const byStream = mappedFields(engine, object)
  const names = [...new Set([...byStream.values()].flatMap(fields => [...fields.keys()]))]
  if (names.length === 0) return []
  const today = new Date(engine.clock.nowMs()).toISOString().slice(0, 10)
  const ruleset = engine.applied.rulesets[0]?.definition
  const counts = names.map(name => countsSql({ object, name, today, ruleset }))
  const rows = await session.rows(
    `select _stream, count(*), ${counts.join(', ')} from ${ident(`m_${object}`)} o where not _system group by _stream order by _stream`,
  )
  const found: FieldQuality[] = []
  for (const [stream, fields] of byStream) {
    const row = rows.find(([name]) => name === stream)
    for (const [field, branches] of fields) {
      const at = 2 + 3 * names.indexOf(field)
      const total = branches * (await rowsOf(session, ident(dloTable(stream))))
      // A record without a value has no row of a contact point.
      const missing = total - numberAt(row, 1)
      found.push(
        qualityOf({
          stream,
          object,
          field,
          rows: total,
          blank: missing + numberAt(row, at),
          placeholders: numberAt(row, at + 1),
          invalid: numberAt(row, at + 2),
        }),
      )
    }
  }
  return found
}

/** The fields of an object that each stream fills from its own, and how many rows of it a record has. */
function mappedFields(
  engine: Engine,
  object: string,
): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const byStream = new Map<string, ReadonlyMap<string, number>>()
  for (const { schema, branches } of engine.applied.model.streams) {
    const own = branches.filter(branch => branch.object === object)
    const fields = own
      .flatMap(({ sources }) => [...sources])
      .flatMap(([name, source]) => (source.kind === 'field' && !source.isDerived ? name : []))
    if (fields.length === 0) continue
    byStream.set(schema.name, new Map(fields.map(name => [name, own.length])))
  }
  return byStream
}

interface Counted {
  readonly object: string
  readonly name: string
  readonly today: string
  readonly ruleset: RulesetDefinition | undefined
}

/** Three counts of a field's values: blank, placeholders, invalid. */
function countsSql({ object, name, today, ruleset }: Counted): string {
  const text = `o.${ident(name)}::varchar`
  // Not compared with a text: the engine would compare dates, and an empty text is none.
  const blank = `(coalesce(length(${text}), 0) = 0 or ${isBlank.sql(text)})`
  const listed = ruleset && nobodysSql(ruleset, { entityName: object, fieldName: name })
  const placeholder = listed ? `coalesce(${listed('o')}, false)` : 'false'
  const invalid = invalidSql({ object, name, today }, text)
  return (
    `count(*) filter (${blank}), count(*) filter (not ${blank} and ${placeholder}), ` +
    `count(*) filter (not ${blank} and not ${placeholder} and ${invalid ?? 'false'})`
  )
}

/** A condition that no right value meets; undefined where nothing can be told. */
function invalidSql(
  { object, name, today }: Omit<Counted, 'ruleset'>,
  text: string,
): string | undefined {
  if (object === 'ContactPointEmail' && name === 'EmailAddress')
    return `(${NORMALISERS.anyEmail.sql(text)}) is null`
  if (object === 'ContactPointPhone' && name.endsWith('Number'))
    return `nullif(o."FormattedE164PhoneNumber", '') is null`
  if (name !== 'BirthDate') return undefined
  return `(o."BirthDate"::date < date ${literal(OLDEST)} or o."BirthDate"::date > date ${literal(today)})`
}

/** The first day on which somebody alive may have been born. */
const OLDEST = '1900-01-02'

function qualityOf(counts: Omit<FieldQuality, 'completeness' | 'validity'>): FieldQuality {
  const { object, field, rows, blank, placeholders, invalid } = counts
  const filled = rows - blank - placeholders
  const canTell = invalidSql({ object, name: field, today: OLDEST }, 'v') !== undefined
  return {
    ...counts,
    completeness: percent(filled, rows),
    validity: canTell ? percent(filled - invalid, filled) : null,
  }
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 10_000) / 100
}

/** The same for people: a line a field. */
export function fieldsLines({ fields }: FieldsReview): readonly string[] {
  if (fields.length === 0) return ['No stream is mapped to a field that says who somebody is.']
  const width = Math.max(...fields.map(one => nameOf(one).length))
  return fields.map(one => {
    const validity =
      one.validity === null ? '' : `, valid ${one.validity} % (${one.invalid} are not)`
    const listed = one.placeholders === 0 ? '' : `, placeholders ${one.placeholders}`
    return `${nameOf(one).padEnd(width)}  filled ${one.completeness} % of ${one.rows}${validity}${listed}`
  })
}

function nameOf({ stream, object, field }: FieldQuality): string {
  return `${stream}  ${object}.${field}`
}
