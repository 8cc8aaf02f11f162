import { rmSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { compiled } from '../../packages/engine/src/segments/compiled.contract.ts'
import { FIELD, testOf, tree } from '../../packages/engine/src/segments/conditions.contract.ts'
import { operatorsFor } from '../../packages/engine/src/segments/operator-catalogue.ts'
import type { AttributeType } from '../../packages/engine/src/segments/profile-schema.ts'
import { PEOPLE_PROJECT, PEOPLE_RULES, SECOND_RULES } from '../journey/people-project.ts'
import { seedStatements } from '../journey/seed-statements.ts'
import { World } from '../journey/world.ts'
import { peopleSql } from './people-sql.ts'
import { Recorder } from './recorder.ts'
import { smallRetailer } from './small-retailer.ts'

/** Who a statement comes from: people, by way of the compilers; or the pipeline, for itself. */
export type Origin = 'people' | 'seeds' | 'segments' | 'pipeline'

/** A statement of the engine, as it was generated. */
export interface Generated {
  readonly origin: Origin
  readonly sql: string
}

/** Every distinct statement; of ours, those that differ in values and quoted names only are one, the shortest. */
export async function generatedSql(): Promise<readonly Generated[]> {
  const { statements: recorded, seeds } = await recordedSql()
  const all = new Map<string, Generated>()
  const shapes = new Set<Origin>(['segments', 'pipeline'])
  const add = (origin: Origin, statements: readonly string[]): void => {
    for (const sql of statements) {
      const key = `${origin} ${shapes.has(origin) ? shapeOf(sql) : sql}`
      const known = all.get(key)
      if (!known || sql.length < known.sql.length) all.set(key, { origin, sql })
    }
  }
  add('seeds', seeds)
  add('people', [...peopleSql(), ...recorded.flatMap(gated).filter(sql => !seeds.includes(sql))])
  add('segments', [...segmentSql(), ...recorded.flatMap(segmentIn)])
  add('pipeline', recorded)
  return Array.from(all.values())
}

/** A statement without its values and names: how long a list is, and what is in it, makes no other. */
function shapeOf(sql: string): string {
  return sql
    .replaceAll(/'(?:[^']|'')*'/g, "'_'")
    .replaceAll(/"(?:[^"]|"")*"/g, '"_"')
    .replaceAll(/\b(dlo|cio|fresh|unified|link|match_key)_\w+/g, '"_"')
    .replaceAll(/\b(\w*?)\d+\b(?! *\()/g, '$10')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/([^(),]+)(?:, ?\1)+/g, '$1')
}

/** Each operator on each type of value, and conditions of any shape. */
function segmentSql(): readonly string[] {
  const settings = {
    asOf: new Date('2024-03-31T09:30:00.000Z'),
    timeZone: 'Europe/Paris',
    lookbackDays: 10,
  }
  const tests = (Object.keys(FIELD) as AttributeType[]).flatMap(type =>
    operatorsFor(type).flatMap(op => fc.sample(testOf(type, op), { numRuns: 2, seed: 11 })),
  )
  const trees = fc.sample(tree, { numRuns: 25, seed: 7 })
  return [
    ...tests.map(include => compiled(include, settings).sql),
    ...trees.flatMap((include, at) => {
      const { sql, countsSql } = compiled(include, settings, trees[at + 1])
      return [sql, countsSql]
    }),
  ]
}

/** A statement from people, out of the one by which the second gate has the engine read it. */
function gated(sql: string): readonly string[] {
  const text = /^select json_serialize_sql\('((?:[^']|'')*)', format := false\)$/.exec(sql)?.[1]
  return text === undefined ? [] : [text.replaceAll("''", "'")]
}

/** A segment, out of the statement that publishes it. */
function segmentIn(sql: string): readonly string[] {
  const found = /from \((select p\.uid as uid[\s\S]*)\) as n\s+full join \(select uid, id from/
  return found.exec(sql)?.slice(1, 2) ?? []
}

interface Recorded {
  readonly statements: readonly string[]
  /** What the statements of the seeds became, as the second gate was given them. */
  readonly seeds: readonly string[]
}

/** What reaches the engine while the projects run, and while all is asked of them that can be. */
async function recordedSql(): Promise<Recorded> {
  const folder = await smallRetailer()
  using recorder = new Recorder()
  try {
    const seeds = await runRetailer(folder, recorder)
    await runPeople()
    return { statements: Array.from(recorder.statements), seeds }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function runRetailer(folder: string, recorder: Recorder): Promise<readonly string[]> {
  await using world = await World.in(folder)
  await world.run()
  const before = recorder.statements.length
  for (const sql of seedStatements()) await world.ask('queryv2', { sql })
  const seeds = recorder.statements.slice(before).flatMap(gated)
  await world.ask('evaluate', { truth: join(folder, 'truth.csv') })
  await world.ask('verify')
  await world.ask('doctor')
  await world.ask('backup', { directory: join(folder, 'copy') })
  return seeds
}

const AT = '2025-01-01T00:00:00Z'
const ana = {
  id: '1',
  first: 'Ana',
  last: 'Archer',
  email: 'ana@x.example',
  phone: '020 7946 0001',
}
const ben = { id: '2', first: 'Ben', last: 'Baker', email: 'ben@x.example', phone: '020 7946 0001' }

const PROJECT = {
  ...PEOPLE_PROJECT,
  'rulesets/second.yaml': SECOND_RULES,
  'segments/named.yaml': {
    developerName: 'named',
    segmentOn: 'UnifiedIndividual',
    include: { attribute: 'FirstName', op: 'hasValue' },
    refresh: 'continuous',
  },
}

/** Live batches: people who come, merge, split and go; then definitions that change. */
async function runPeople(): Promise<void> {
  await using world = await World.of(PROJECT)
  await world.post(
    'people',
    [ana, ben].map(one => ({ ...one, changed: AT })),
  )
  await world.post('people', [{ ...ben, email: ana.email, changed: '2025-02-01T00:00:00Z' }])
  await world.post('people', [{ ...ben, changed: '2025-03-01T00:00:00Z' }])
  await world.post('emails', [{ id: 'e1', person: '2', address: ana.email }])
  await world.post('orders', [
    { id: 'o1', person: '1', amount: '5.00', at: AT },
    { id: 'o2', person: '1', amount: 'five' },
    { id: '' },
  ])
  await world.post('events', [{ id: 'v1', email: ana.email, kind: 'Open', at: AT }])
  await world.post(
    'people',
    Array.from({ length: 3000 }, (_, at) => ({ ...ana, id: `n${at}`, email: `n${at}@x.example` })),
  )
  await world.run()
  await world.remove('emails', ['e1'])
  await world.remove('people', ['2'])
  await world.ask('delete', { stream: 'orders', where: 'amount > 1', dryRun: true })
  await world.ask('delete', { stream: 'orders', where: 'amount > 1' })
  await world.ask('problems')
  await world.ask('problems.reprocess')
  await world.ask('status')
  await world.ask('profile', { key: 'people/1' })
  await world.ask('explain', { a: 'people/1', b: 'people/n1' })
  await world.ask('explain', { a: 'people/1' })
  const told = { author: 'Ada', reason: 'why' }
  await world.ask('decide', { a: 'people/1', b: 'people/n1', together: true, ...told })
  await world.ask('undo', { a: 'people/1', b: 'people/n1', ...told })
  await world.ask('decisions.list')
  world.change({
    'rulesets/people.yaml': { ...PEOPLE_RULES, matchRules: PEOPLE_RULES.matchRules.slice(0, 1) },
  })
  await world.ask('plan')
  await world.ask('apply')
  world.change({ 'rulesets/second.yaml': undefined })
  await world.ask('apply')
  await world.ask('verify')
}
