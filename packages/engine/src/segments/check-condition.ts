import { type Condition, MainstemError, type SegmentOperator } from '@mainstem/contracts'
import { ErrorList } from '../kernel/error-list.ts'
import { nearestName } from '../kernel/nearest-name.ts'
import { type Operand, readOperand } from './operand.ts'
import { AGGREGATE_OPERATORS, OPERATORS, operatorsFor } from './operator-catalogue.ts'
import type { Attribute, AttributeType, ProfileSchema, RelatedRows } from './profile-schema.ts'
import { DEPTH_MAX, PATTERN_CHARS_MAX, type SegmentSettings } from './segment-settings.ts'

/** A test of an attribute, checked. */
export interface CheckedTest {
  readonly attribute: string
  readonly type: AttributeType
  readonly op: SegmentOperator
  readonly operand: Operand
}

/** A condition whose names, types and values were found to fit. Plain data: it can be stored. */
export type CheckedCondition =
  | { readonly kind: 'all' | 'any'; readonly of: readonly CheckedCondition[] }
  | ({ readonly kind: 'attribute' } & CheckedTest)
  | ({ readonly kind: 'insight'; readonly insight: string; readonly measure: string } & CheckedTest)
  | CheckedContainer

/** A container: conditions on one and the same related row, counted or added up. */
export interface CheckedContainer {
  readonly kind: 'related'
  readonly object: string
  readonly where?: CheckedCondition | undefined
  /** Rows older than so many days are left out. */
  readonly lookbackDays?: number | undefined
  readonly count?: RowCount | undefined
  readonly aggregate?: (CheckedTest & { readonly function: AggregateName }) | undefined
}

/** How many rows must pass; both ends included. */
export interface RowCount {
  readonly atLeast: number
  readonly atMost?: number | undefined
}

/** What related rows can be added up to. */
export type AggregateName = 'sum' | 'average' | 'min' | 'max'

/** Where the check is in the tree, for its errors. */
interface Place {
  readonly path: string
  readonly depth: number
  /** The rows of the container that the condition is in. */
  readonly rows?: { readonly object: string; readonly related: RelatedRows } | undefined
}

/** Checks the conditions of one segment against what the profile has. */
export class ConditionChecker {
  readonly #segment: string
  readonly #schema: ProfileSchema
  readonly #settings: SegmentSettings
  #filters = 0

  constructor(segment: string, schema: ProfileSchema, settings: SegmentSettings) {
    this.#segment = segment
    this.#schema = schema
    this.#settings = settings
  }

  /** Checks one tab. Throws `SEGMENT_INVALID`, naming the segment and the place in the tree. */
  tab(condition: Condition, path: 'include' | 'exclude'): CheckedCondition {
    this.#filters = 0
    return this.#condition(condition, { path, depth: 0 })
  }

  #condition(condition: Condition, place: Place): CheckedCondition {
    if ('all' in condition) return this.#group('all', condition.all, place)
    if ('any' in condition) return this.#group('any', condition.any, place)
    this.#countFilter(place)
    return 'related' in condition
      ? this.#container(condition, place)
      : this.#attribute(condition, place)
  }

  #group(kind: 'all' | 'any', of: readonly Condition[], place: Place): CheckedCondition {
    const depthMax = Math.min(this.#settings.depthMax ?? DEPTH_MAX, DEPTH_MAX)
    if (place.depth >= depthMax) {
      throw this.#invalid(place.path, `nests deeper than ${depthMax} groups; split the segment`)
    }
    if (kind === 'any' && of.length === 0) {
      throw this.#invalid(`${place.path}.any`, 'is empty, so nobody could meet it; add a condition')
    }
    if (of.length === 0) {
      throw this.#invalid(
        `${place.path}.all`,
        'is empty, so everybody would meet it; add a condition',
      )
    }
    const errors = new ErrorList()
    const checked = of.flatMap((condition, at) => {
      const path = `${place.path}.${kind}[${at}]`
      const inner = { ...place, path, depth: place.depth + 1 }
      return errors.try(() => [this.#condition(condition, inner)]) ?? []
    })
    errors.end()
    return { kind, of: checked }
  }

  #countFilter(place: Place): void {
    const max = this.#settings.filtersMax ?? Infinity
    if (++this.#filters > max) {
      const tab = place.path.startsWith('include') ? 'include' : 'exclude'
      throw this.#invalid(tab, `has more than ${max} conditions (the limit seg.filtersPerTab)`)
    }
  }

  #attribute(condition: Extract<Condition, { attribute: string }>, place: Place): CheckedCondition {
    const { attribute: name } = condition
    if (place.rows) {
      const found = place.rows.related.attribute(name)
      if (!found) throw this.#unknown(place, name, place.rows.related.attributes)
      return { kind: 'attribute', ...this.#test(condition, found, place.path) }
    }
    const direct = this.#schema.attribute(name)
    if (direct) return { kind: 'attribute', ...this.#test(condition, direct, place.path) }
    const dot = name.indexOf('.')
    const [insight, measure] = [name.slice(0, Math.max(dot, 0)), name.slice(dot + 1)]
    const found = dot > 0 ? this.#schema.insight(insight, measure) : undefined
    if (!found) {
      const names = this.#schema.names()
      throw this.#unknown(place, name, [...names.attributes, ...names.insights])
    }
    return { kind: 'insight', insight, measure, ...this.#test(condition, found, place.path) }
  }

  #container(condition: Extract<Condition, { related: string }>, place: Place): CheckedContainer {
    const { related: object, count, aggregate } = condition
    if (place.rows)
      throw this.#invalid(place.path, 'is a container inside a container; put them side by side')
    const related = this.#schema.related(object)
    if (!related) throw this.#unknown(place, object, this.#schema.names().related)
    if (count && aggregate) {
      throw this.#invalid(place.path, 'has both count and aggregate; use two containers')
    }
    const rows = { object, related }
    const where =
      condition.where &&
      this.#condition(condition.where, { ...place, path: `${place.path}.where`, rows })
    const lookbackDays = this.#lookback(related, where)
    return {
      kind: 'related',
      object,
      ...(where && { where }),
      ...(lookbackDays !== undefined && { lookbackDays }),
      ...(aggregate
        ? { aggregate: this.#aggregate(aggregate, related, place) }
        : { count: this.#rowCount(count ?? {}, place) }),
    }
  }

  /** An explicit condition on a date of the row overrides the lookback (semantics 5.2). */
  #lookback(related: RelatedRows, where: CheckedCondition | undefined): number | undefined {
    const days = this.#settings.lookbackDays
    if (related.dateColumn === undefined || days === null) return undefined
    return where && testsDate(where) ? undefined : days
  }

  #rowCount(
    count: { atLeast?: number; atMost?: number; exactly?: number },
    place: Place,
  ): RowCount {
    const { atLeast, atMost, exactly } = count
    if (exactly !== undefined) {
      if (atLeast === undefined && atMost === undefined)
        return { atLeast: exactly, atMost: exactly }
      throw this.#invalid(`${place.path}.count`, 'has exactly beside atLeast or atMost; keep one')
    }
    if (atMost === undefined) return { atLeast: atLeast ?? 1 }
    if ((atLeast ?? 0) > atMost)
      throw this.#invalid(`${place.path}.count`, 'wants more rows than it allows')
    return { atLeast: atLeast ?? 0, atMost }
  }

  #aggregate(
    aggregate: NonNullable<Extract<Condition, { related: string }>['aggregate']>,
    related: RelatedRows,
    place: Place,
  ): CheckedTest & { function: AggregateName } {
    const path = `${place.path}.aggregate`
    const found = related.attribute(aggregate.attribute)
    if (!found) throw this.#unknown({ ...place, path }, aggregate.attribute, related.attributes)
    if (found.type !== 'number') {
      throw this.#invalid(
        path,
        `adds up ${aggregate.attribute}, which is ${found.type}; only numbers add up`,
      )
    }
    if (!AGGREGATE_OPERATORS.includes(aggregate.op)) {
      throw this.#unfit({ path, op: aggregate.op, what: 'an aggregate' }, AGGREGATE_OPERATORS)
    }
    return { function: aggregate.function, ...this.#test(aggregate, found, path) }
  }

  #test(
    condition: {
      attribute: string
      op: SegmentOperator
      value?: Extract<Condition, { attribute: string }>['value']
    },
    { type }: Attribute,
    path: string,
  ): CheckedTest {
    const { attribute, op, value } = condition
    if (!OPERATORS[op].types.includes(type)) {
      throw this.#unfit({ path, op, what: `${attribute}, which is ${type}` }, operatorsFor(type))
    }
    const read = readOperand({
      op,
      type,
      value,
      valuesMax: this.#settings.valuesMax ?? Infinity,
      patternCharsMax: this.#settings.patternCharsMax ?? PATTERN_CHARS_MAX,
    })
    if ('wrong' in read) throw this.#invalid(path, `on ${attribute}: ${op} ${read.wrong}`, op)
    return { attribute, type, op, operand: read.operand }
  }

  #unknown(place: Place, name: string, known: readonly string[]): MainstemError {
    const nearest = nearestName(name, known)
    const of = place.rows?.object ?? this.#schema.segmentOn
    const advice = nearest ? `did you mean ${nearest}?` : `there are: ${listed(known)}`
    return this.#invalid(place.path, `names ${name}, which ${of} does not have; ${advice}`)
  }

  #unfit({ path, op, what }: Unfit, fitting: readonly string[]): MainstemError {
    return this.#invalid(path, `uses ${op} on ${what}; these fit: ${fitting.join(', ')}`, op)
  }

  #invalid(path: string, says: string, operator?: string): MainstemError {
    const details = { key: path, segment: this.#segment, ...(operator ? { operator } : {}) }
    return new MainstemError(
      'SEGMENT_INVALID',
      `Segment ${this.#segment}: ${path} ${says.replace(/[^?]$/, '$&.')}`,
      details,
    )
  }
}

interface Unfit {
  readonly path: string
  readonly op: SegmentOperator
  /** What it was used on. */
  readonly what: string
}

const LISTED_MAX = 20

function listed(names: readonly string[]): string {
  if (names.length === 0) return 'none'
  const rest = names.length - LISTED_MAX
  return names.slice(0, LISTED_MAX).join(', ') + (rest > 0 ? ` and ${rest} more` : '')
}

function testsDate(condition: CheckedCondition): boolean {
  if ('of' in condition) return condition.of.some(testsDate)
  return (
    condition.kind !== 'related' && (condition.type === 'date' || condition.type === 'dateTime')
  )
}
