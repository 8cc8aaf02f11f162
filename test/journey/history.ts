import fc from 'fast-check'
import type { SourceRecord, World } from './world.ts'

/** The streams that histories are made of; see people-project.ts. */
export type HistoryStream = 'people' | 'emails' | 'orders' | 'events'

/** One thing that happens: a record comes, or one goes. */
export type Step =
  | { readonly stream: HistoryStream; readonly record: SourceRecord & { readonly id: string } }
  | { readonly stream: HistoryStream; readonly remove: string }

/** A step, and whether all before it is applied first, and whether it begins a request of its own. */
export interface Happening {
  readonly step: Step
  readonly appliesBefore: boolean
  readonly beginsRequest: boolean
}

const day = (at: number): string => `2025-01-0${at + 1}T00:00:00Z`
const text = (...values: string[]): fc.Arbitrary<string> => fc.constantFrom(...values)

/** Few people, addresses and numbers, so that they meet; each history has its own, by its number. */
export function histories(run: () => number): fc.Arbitrary<readonly Happening[]> {
  const person = fc.nat(4).map(at => `p${at}`)
  const address = fc.oneof(
    { weight: 4, arbitrary: fc.record({ box: text('a', 'b', 'c', 'd'), shape: fc.nat(2) }) },
    { weight: 1, arbitrary: fc.constant(undefined) },
  )
  const number = fc.oneof(
    { weight: 2, arbitrary: fc.record({ line: fc.nat(2), shape: fc.nat(2) }) },
    { weight: 1, arbitrary: fc.constant(undefined) },
  )
  const people = fc
    .record({
      id: person,
      first: text('Robert', 'Bob', 'Xavier', 'Zoe', ''),
      last: text('Stone', 'STONE', 'Wood', ''),
      email: address,
      phone: number,
      changed: fc.nat(3).map(day),
    })
    .map(one => ({ stream: 'people' as const, record: one }))
  const emails = fc
    .record({ id: fc.nat(2).map(at => `e${at}`), person, address })
    .map(one => ({ stream: 'emails' as const, record: one }))
  const orders = fc
    .record({ id: fc.nat(3).map(at => `o${at}`), person, amount: fc.nat(9999) })
    .map(one => ({ stream: 'orders' as const, record: one }))
  const events = fc
    .record({ id: fc.nat(2).map(at => `v${at}`), email: address, kind: text('Open', 'Click') })
    .map(one => ({ stream: 'events' as const, record: one }))
  const remove = fc.oneof(
    person.map(id => ({ stream: 'people' as const, remove: id })),
    fc.nat(2).map(at => ({ stream: 'emails' as const, remove: `e${at}` })),
    fc.nat(3).map(at => ({ stream: 'orders' as const, remove: `o${at}` })),
    fc.nat(2).map(at => ({ stream: 'events' as const, remove: `v${at}` })),
  )
  const step = fc.oneof(
    { weight: 6, arbitrary: people },
    { weight: 2, arbitrary: emails },
    { weight: 2, arbitrary: orders },
    { weight: 2, arbitrary: events },
    { weight: 3, arbitrary: remove },
  )
  const happening = fc.record({
    step,
    appliesBefore: fc.integer({ min: 0, max: 99 }).map(at => at < 35),
    beginsRequest: fc.boolean(),
  })
  return fc
    .array(happening, { minLength: 4, maxLength: 22 })
    .map(list => list.map(one => ({ ...one, step: numbered(one.step, run) })))
}

type RawStep =
  | { readonly stream: HistoryStream; readonly record: Readonly<Record<string, unknown>> }
  | { readonly stream: HistoryStream; readonly remove: string }

/** The history's number is read late: when the values are used, not when they are made. */
function numbered(step: RawStep, run: () => number): Step {
  const { stream } = step
  if ('remove' in step) {
    return {
      stream,
      get remove() {
        return `${run()}-${step.remove}`
      },
    }
  }
  return {
    stream,
    get record() {
      return recordOf(step.record, run())
    },
  }
}

function recordOf(
  raw: Readonly<Record<string, unknown>>,
  run: number,
): SourceRecord & { id: string } {
  const record: Record<string, unknown> = { ...raw, id: `${run}-${String(raw['id'])}` }
  if ('person' in raw) record['person'] = `${run}-${String(raw['person'])}`
  for (const field of ['email', 'address'])
    if (field in raw) record[field] = addressOf(raw[field], run)
  if ('phone' in raw) record['phone'] = numberOf(raw['phone'], run)
  if (typeof raw['amount'] === 'number') record['amount'] = (raw['amount'] / 100).toFixed(2)
  if ('amount' in raw || 'kind' in raw) record['at'] = day(0)
  return { ...record, id: String(record['id']) }
}

function addressOf(value: unknown, run: number): string {
  const { box, shape } =
    value === undefined ? { box: '', shape: 0 } : (value as { box: string; shape: number })
  if (box === '') return ''
  const plain = `${box}@r${run}.example`
  return [plain, plain.toUpperCase(), ` ${plain} `][shape] ?? plain
}

function numberOf(value: unknown, run: number): string {
  if (value === undefined) return ''
  const { line, shape } = value as { line: number; shape: number }
  const digits = `7${String(run).padStart(4, '0')}00${line}`
  return (
    [`020 ${digits.slice(0, 4)} ${digits.slice(4)}`, `+44 20 ${digits}`, `020${digits}`][shape] ??
    digits
  )
}

/** Lets a history happen in a world: records come in requests, requests in batches. */
export async function happen(world: World, history: readonly Happening[]): Promise<void> {
  let request: { stream: HistoryStream; records: SourceRecord[] } | undefined
  const send = async (): Promise<void> => {
    if (request) await world.accept(request.stream, request.records)
    request = undefined
  }
  for (const { step, appliesBefore, beginsRequest } of history) {
    if (appliesBefore || 'remove' in step) {
      await send()
      await world.engine.catchUp()
    }
    if ('remove' in step) {
      await world.remove(step.stream, [step.remove])
      continue
    }
    if (beginsRequest || request?.stream !== step.stream) await send()
    request ??= { stream: step.stream, records: [] }
    request.records.push(step.record)
  }
  await send()
  await world.engine.catchUp()
}

/** The records that a history leaves: a later one replaces an earlier one, an older version none. */
export function leftBy(
  history: readonly Happening[],
): Readonly<Record<HistoryStream, readonly SourceRecord[]>> {
  const kept: Record<HistoryStream, Map<string, SourceRecord>> = {
    people: new Map(),
    emails: new Map(),
    orders: new Map(),
    events: new Map(),
  }
  for (const { step } of history) {
    const rows = kept[step.stream]
    if ('remove' in step) {
      rows.delete(step.remove)
      continue
    }
    const before = rows.get(step.record.id)
    if (before && String(before['changed'] ?? '') > String(step.record['changed'] ?? '')) continue
    rows.set(step.record.id, step.record)
  }
  return {
    people: [...kept.people.values()],
    emails: [...kept.emails.values()],
    orders: [...kept.orders.values()],
    events: [...kept.events.values()],
  }
}
