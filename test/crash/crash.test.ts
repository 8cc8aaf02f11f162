import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { membersOf, writeCrashProject, writeMembers, writeOrders } from './crash-project.ts'
import { freePort } from './free-port.ts'
import { ask, nothingSent, post, type Sent, Traffic } from './traffic.ts'
import { type Kill, Victim } from './victim.ts'
import { type Census, CENSUS_SQL, judge, PlainPeople } from './witness.ts'

/** Rounds; more for a long look: MAINSTEM_CRASH_ROUNDS=1000. */
const ROUNDS = Number(process.env['MAINSTEM_CRASH_ROUNDS'] ?? 50)
const ROUND_MS_MAX = 60_000
/** In each such round everything derived is computed again and compared. */
const VERIFY_EVERY = 10
const DRAIN_MS_MAX = 60_000
const KILLS: readonly Kill[] = ['edge', 'engine', 'engine', 'both', 'stopping']

test(
  `${ROUNDS} rounds of SIGKILL: what was acknowledged is there once, in every stage`,
  { timeout: ROUNDS * ROUND_MS_MAX },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mainstem-crash-'))
    const port = await freePort()
    await writeCrashProject(folder, port)
    const victim = new Victim(folder, port)
    const run = new CrashRun(victim, folder)
    try {
      await run.firstRun()
      for (let round = 1; round <= ROUNDS; round++) await run.round(round)
    } finally {
      await victim.kill('both')
    }
    console.log(
      `rounds ${ROUNDS}, acknowledged ${run.acknowledged}, lost ${run.lost}, doubled ${run.doubled}`,
    )
    console.log(
      `kills ${JSON.stringify(run.kills)}, refreshes looked at ${run.looks}, verified ${run.verified} times`,
    )
    expect([run.lost, run.doubled]).toEqual([0, 0])
    expect(run.acknowledged).toBeGreaterThan(ROUNDS)
    expect(run.looks).toBeGreaterThan(ROUNDS)
    await rm(folder, { recursive: true })
  },
)

/** The rounds on one store, and what they came to. */
class CrashRun {
  acknowledged = 0
  lost = 0
  doubled = 0
  looks = 0
  verified = 0
  readonly kills: Record<Kill, number> = { edge: 0, engine: 0, both: 0, stopping: 0 }
  readonly #victim: Victim
  readonly #folder: string
  readonly #people = new PlainPeople()
  #known: readonly string[] = []
  #peopleBefore = 0
  #clicksBefore = 0
  #orders = 0

  constructor(victim: Victim, folder: string) {
    this.#victim = victim
    this.#folder = folder
  }

  /** A new store runs everything once by itself, also where that is interrupted again and again. */
  async firstRun(): Promise<void> {
    for (let tries = 0; tries < 3; tries++) {
      this.#victim.start()
      await this.#victim.ready()
      await this.#killAtRandom(150)
    }
    await this.#victim.ready()
    const until = Date.now() + DRAIN_MS_MAX
    while (Date.now() < until) {
      const census = await this.#census(0).catch(() => undefined)
      if (census?.counts.get('members')?.[0] === membersOf(0)) return
      await sleep(50)
    }
    throw new Error('The files of a new store were not taken in.')
  }

  async round(round: number): Promise<void> {
    const sent = nothingSent()
    const orders = this.#known.slice(-40)
    await writeOrders(this.#folder, round, orders)
    await writeMembers(this.#folder, round)
    this.#orders += orders.length

    const traffic = new Traffic(this.#victim.url, { round, sent })
    const watch = new RefreshWatch(this.#victim.url, round)
    await sleep(Math.random() * 150)
    const load = this.#load().catch(() => undefined)
    await this.#killAtRandom(400)
    // Some crashes hit what is just getting up after one.
    if (Math.random() < 0.3) await this.#killAtRandom(2500)
    await this.#victim.ready()
    await traffic.end()
    await load
    await this.#drained(sent, round)
    await this.#load()
    const mixes = await watch.end()
    this.looks += watch.looks
    expect(mixes, `round ${round}: a full refresh was seen in part`).toEqual([])
    await this.#judge(round, sent)
    if (round % VERIFY_EVERY === 0 || round === ROUNDS) await this.#verify(round)
  }

  /** The files of the round, by way of the engine's socket. */
  async #load(): Promise<void> {
    const done = await this.#victim.command('run', { stage: 'streams' })
    expect(done).toMatchObject({ status: 'SUCCESS' })
  }

  async #killAtRandom(withinMs: number): Promise<void> {
    await sleep(Math.random() * withinMs)
    const what = KILLS[Math.floor(Math.random() * KILLS.length)] ?? 'both'
    this.kills[what]++
    await this.#victim.kill(what)
    this.#victim.start()
  }

  /** Everything is applied once a record that comes after it all is. */
  async #drained(sent: Sent, round: number): Promise<void> {
    const person_id = `s${round}`
    const last = {
      person_id,
      first_name: 'Jonathan',
      last_name: `Name${person_id}`,
      email: `${person_id}@mail.example`,
      round,
    }
    const position = await post(this.#victim.url, 'people', [last])
    expect(position).toBeDefined()
    sent.people.set(person_id, last)
    sent.acknowledgedPeople.add(person_id)
    const until = Date.now() + DRAIN_MS_MAX
    const sql = `select person_id__c from people__dll where person_id__c = '${person_id}'`
    while ((await ask(this.#victim.url, { sql, after: position })) === undefined) {
      expect(Date.now(), `round ${round}: position ${position} is not applied`).toBeLessThan(until)
      await sleep(50)
    }
  }

  async #judge(round: number, sent: Sent): Promise<void> {
    let census = await this.#census(round)
    const expected = {
      sent,
      peopleBefore: this.#peopleBefore,
      clicksBefore: this.#clicksBefore,
      orders: this.#orders,
      version: round,
      unified: (found: Iterable<string>) => this.#people.withRound(sent.people, found),
    }
    // The insight follows each batch in a transaction of its own.
    for (let tries = 0; tries < 40 && census.counts.get('insight')?.[0] !== this.#orders; tries++) {
      await sleep(100)
      census = await this.#census(round)
    }
    const { lost, doubled, other } = judge(census, expected)
    this.lost += lost.length
    this.doubled += doubled.length
    expect({ lost, doubled, other }, `round ${round}`).toEqual({ lost: [], doubled: [], other: [] })
    this.acknowledged += sent.acknowledgedPeople.size + sent.acknowledgedClicks.size
    this.#known = [...census.people.keys()]
    this.#peopleBefore += census.people.size
    this.#clicksBefore += census.clicks.size
    this.#people.settle(sent.people, census.people.keys())
  }

  async #census(round: number): Promise<Census> {
    const of = async (stream: string, key: string): Promise<ReadonlyMap<string, number>> => {
      const sql = `select ${key}, count(*) from ${stream}__dll where round__c = ${round} group by ${key}`
      return new Map((await this.#victim.rows(sql)).map(([id, rows]) => [String(id), Number(rows)]))
    }
    const counts = await this.#victim.rows(CENSUS_SQL)
    return {
      counts: new Map(
        counts.map(([name, rows, keys]) => [String(name), [Number(rows), Number(keys)]]),
      ),
      people: await of('people', 'person_id__c'),
      clicks: await of('clicks', 'click_id__c'),
    }
  }

  async #verify(round: number): Promise<void> {
    const report = Object(await this.#victim.command('verify'))
    if (typeof report.differences !== 'number') return
    this.verified++
    expect(report.notCompared, `round ${round}`).toEqual([])
    const wrong = Array.from(Object(report.stages), Object).filter(stage => stage.differences > 0)
    expect(wrong, `round ${round}`).toEqual([])
    expect(report.differences).toBe(0)
  }
}

/** Asks for the members all the time: each answer must hold one version, and all of it. */
class RefreshWatch {
  looks = 0
  readonly #url: string
  readonly #round: number
  readonly #mixes: string[] = []
  readonly #work: Promise<void>
  #ended = false

  constructor(url: string, round: number) {
    this.#url = url
    this.#round = round
    this.#work = this.#watch()
  }

  async end(): Promise<readonly string[]> {
    this.#ended = true
    await this.#work
    return this.#mixes
  }

  async #watch(): Promise<void> {
    const statements = [
      'select version__c as v, count(*) as n from members__dll group by version__c',
      'select InfluencerRating as v, count(*) as n from UnifiedIndividual where InfluencerRating is not null group by InfluencerRating',
    ]
    for (let at = 0; !this.#ended; at++) {
      const rows = await ask(this.#url, { sql: statements[at % 2] ?? '' })
      if (rows) this.#look(rows)
      await sleep(120)
    }
  }

  #look(rows: readonly (readonly unknown[])[]): void {
    this.looks++
    const [first] = rows
    const [version, count] = (first ?? []).map(Number)
    const isWhole = rows.length === 1 && count === membersOf(version ?? -1)
    const isKnown = version === this.#round || version === this.#round - 1
    if (!isWhole || !isKnown) this.#mixes.push(JSON.stringify(rows))
  }
}
