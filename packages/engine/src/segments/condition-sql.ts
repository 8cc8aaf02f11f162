import { must, unreachable } from '../kernel/assert.ts'
import { ident } from '../query/index.ts'
import type { CheckedCondition, CheckedContainer } from './check-condition.ts'
import { instant } from './date-sql.ts'
import { addDays } from './local-calendar.ts'
import { numberSql, testSql } from './operator-sql.ts'
import { type ProfileSchema, rowsOf } from './profile-schema.ts'
import type { Moment } from './value-test.ts'

/** Renders checked conditions as a predicate over one row a profile. */
export class ConditionSql {
  readonly #schema: ProfileSchema
  readonly #moment: Moment
  readonly #profile: string
  #containers = 0

  constructor(schema: ProfileSchema, moment: Moment, profileAlias: string) {
    this.#schema = schema
    this.#moment = moment
    this.#profile = profileAlias
  }

  /** The predicate. It may be null, which is not met: no condition negates another. */
  of(condition: CheckedCondition): string {
    return this.#condition(condition, name => {
      const attribute = must(this.#schema.attribute(name), `${name} was checked`)
      return attribute.sql(this.#profile)
    })
  }

  #condition(condition: CheckedCondition, read: (name: string) => string): string {
    switch (condition.kind) {
      case 'all':
      case 'any': {
        if (condition.of.length === 0) return 'true'
        const word = condition.kind === 'all' ? ' and ' : ' or '
        return `(${condition.of.map(inner => this.#condition(inner, read)).join(word)})`
      }
      case 'attribute':
        return testSql(read(condition.attribute), condition, this.#moment)
      case 'insight':
        return this.#insight(condition)
      case 'related':
        return this.#container(condition)
      default:
        return unreachable(condition)
    }
  }

  /** A profile without a row of the insight has no value; one with several meets it with any. */
  #insight(condition: Extract<CheckedCondition, { kind: 'insight' }>): string {
    const { insight, measure } = condition
    const found = must(this.#schema.insight(insight, measure), `${insight}.${measure} was checked`)
    const row = `r${++this.#containers}`
    const absent = condition.op === 'hasNoValue'
    const test = absent ? { ...condition, op: 'hasValue' as const } : condition
    const holds = testSql(found.sql(row), test, this.#moment)
    const same = `${row}.${ident(found.key)} = ${this.#profile}."Id"`
    return `${absent ? 'not ' : ''}exists (select 1 from ${rowsOf(found.from, row)} where ${same} and ${holds})`
  }

  #container(container: CheckedContainer): string {
    const related = must(this.#schema.related(container.object), `${container.object} was checked`)
    const row = `r${++this.#containers}`
    const read = (name: string): string =>
      must(related.attribute(name), `${name} was checked`).sql(row)
    const wheres = [
      container.where && this.#condition(container.where, read),
      related.dateColumn !== undefined &&
        container.lookbackDays !== undefined &&
        `${row}.${ident(related.dateColumn)} >= ${this.#daysAgo(container.lookbackDays)}`,
    ].filter(text => typeof text === 'string')
    const rows = { row, from: rowsOf(related.from, row), where: wheres.join(' and ') || 'true' }
    return container.aggregate
      ? this.#aggregate(container.aggregate, rows, read)
      : this.#count(container, rows)
  }

  #daysAgo(days: number): string {
    const { calendar, nowMs } = this.#moment
    return instant(calendar.startMs(addDays(calendar.dayOf(nowMs), -days)))
  }

  #count({ count }: CheckedContainer, rows: Rows): string {
    const { atLeast, atMost } = must(count, 'a container without an aggregate counts')
    const parts: string[] = []
    if (atLeast === 1) parts.push(this.#some(rows))
    if (atLeast > 1) parts.push(this.#grouped(rows, `count(*) >= ${atLeast}`))
    if (atMost === 0) parts.push(`not ${this.#some(rows)}`)
    if (atMost !== undefined && atMost > 0)
      parts.push(`not ${this.#grouped(rows, `count(*) > ${atMost}`)}`)
    return parts.length === 0 ? 'true' : `(${parts.join(' and ')})`
  }

  /** Over no values there is no sum: such a profile does not meet the condition. */
  #aggregate(
    aggregate: NonNullable<CheckedContainer['aggregate']>,
    rows: Rows,
    read: (name: string) => string,
  ): string {
    const value = read(aggregate.attribute)
    const average = aggregate.function === 'average'
    // An average is compared as sum op value × count: exact, where avg() goes through a double.
    const left = average
      ? { value: `sum(${value})`, times: `count(${value})` }
      : { value: `${aggregate.function}(${value})` }
    return this.#grouped(rows, numberSql(left, aggregate.op, aggregate.operand))
  }

  #some({ row, from, where }: Rows): string {
    return `exists (select 1 from ${from} where ${row}.uid = ${this.#profile}.uid and ${where})`
  }

  /** Grouped first and joined then, so that the engine reads the related rows once. */
  #grouped({ row, from, where }: Rows, having: string): string {
    const group = `select ${row}.uid as uid from ${from} where ${where} group by ${row}.uid having ${having}`
    return `exists (select 1 from (${group}) as g${row} where g${row}.uid = ${this.#profile}.uid)`
  }
}

interface Rows {
  readonly row: string
  readonly from: string
  readonly where: string
}
