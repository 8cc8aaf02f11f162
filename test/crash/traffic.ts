import { setTimeout as sleep } from 'node:timers/promises'
import { TOKEN } from './crash-project.ts'

/** A person as posted. */
export interface Person {
  readonly person_id: string
  readonly first_name: string
  readonly last_name: string
  readonly email: string
  readonly round: number
}

/** What was posted, and what of it was acknowledged with a 202. */
export interface Sent {
  readonly people: Map<string, Person>
  readonly acknowledgedPeople: Set<string>
  readonly clicks: Set<string>
  readonly acknowledgedClicks: Set<string>
  /** The highest position that an answer named. */
  position: bigint
}

/** Nothing posted yet. */
export function nothingSent(): Sent {
  return {
    people: new Map(),
    acknowledgedPeople: new Set(),
    clicks: new Set(),
    acknowledgedClicks: new Set(),
    position: 0n,
  }
}

const RETRY_MS = 15
const CLIENTS = 3
/** Turns of a client in a round, each of three records: enough to be under way at any moment. */
const TURNS_MAX = 16

/** Clients that post until they are told to stop, each post retried until it is acknowledged. */
export class Traffic {
  readonly #url: string
  readonly #round: number
  readonly #sent: Sent
  readonly #clients: readonly Promise<void>[]
  #stopped = false
  #count = 0

  constructor(url: string, { round, sent }: { round: number; sent: Sent }) {
    this.#url = url
    this.#round = round
    this.#sent = sent
    this.#clients = Array.from({ length: CLIENTS }, (_, at) => this.#client(at))
  }

  /** No new posts; those under way are retried until they are acknowledged. */
  async end(): Promise<void> {
    this.#stopped = true
    await Promise.all(this.#clients)
  }

  async #client(client: number): Promise<void> {
    const own: Person[] = []
    for (let turn = 0; turn < TURNS_MAX && !this.#stopped; turn++) {
      const person = this.#person(own)
      const second = this.#person([...own, person])
      own.push(person, second)
      for (const one of [person, second]) this.#sent.people.set(one.person_id, one)
      await this.#untilTaken('people', () => [person, second])
      for (const one of [person, second]) this.#sent.acknowledgedPeople.add(one.person_id)
      await this.#postClicks(person.person_id)
      await sleep(10 + client * 20)
    }
  }

  /** Each try has an id of its own: a try whose answer was lost may be in, and must be in once. */
  async #postClicks(person: string): Promise<void> {
    const ids = await this.#untilTaken('clicks', attempt => {
      const id = `k${this.#round}-${this.#count++}-${attempt}`
      this.#sent.clicks.add(id)
      const clicked_at = '2026-01-05T10:00:00Z'
      return [{ click_id: id, person_id: person, clicked_at, round: this.#round }]
    })
    for (const { click_id } of ids) this.#sent.acknowledgedClicks.add(String(click_id))
  }

  async #untilTaken<Row extends object>(
    stream: string,
    rows: (attempt: number) => readonly Row[],
  ): Promise<readonly Row[]> {
    for (let attempt = 0; ; attempt++) {
      const data = rows(attempt)
      const position = await post(this.#url, stream, data)
      if (position !== undefined) {
        if (position > this.#sent.position) this.#sent.position = position
        return data
      }
      await sleep(RETRY_MS)
    }
  }

  /** Some share an e-mail with an earlier one, some a last name with a like first name. */
  #person(earlier: readonly Person[]): Person {
    const id = `p${this.#round}-${this.#count++}`
    const like = earlier.at(-1 - Math.floor(Math.random() * 5))
    const chance = Math.random()
    const first_name = chance < 0.5 ? 'Jonathan' : 'Jonathon'
    const own = { person_id: id, first_name, last_name: `Name${id}`, email: `${id}@mail.example` }
    const person = { ...own, round: this.#round }
    if (like && chance < 0.2) return { ...person, email: like.email.toUpperCase() }
    if (like && chance > 0.85) return { ...person, last_name: like.last_name }
    return person
  }
}

/** Asks for rows over HTTP; undefined where the engine is away. */
export async function ask(
  url: string,
  { sql, after }: { sql: string; after?: bigint | undefined },
): Promise<readonly (readonly unknown[])[] | undefined> {
  try {
    const query = after === undefined ? '' : `?after=${after}`
    const answer = await fetch(`${url}/services/data/v62.0/ssot/queryv2${query}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
      body: JSON.stringify({ sql }),
    })
    const body = Object(await answer.json())
    return answer.status === 200 ? body.data : undefined
  } catch {
    return undefined
  }
}

/** Posts rows; answers with their position once they are acknowledged, undefined if they are not. */
export async function post(
  url: string,
  stream: string,
  data: readonly object[],
): Promise<bigint | undefined> {
  try {
    const answer = await fetch(`${url}/api/v1/ingest/${stream}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
      body: JSON.stringify({ data }),
    })
    await answer.arrayBuffer()
    if (answer.status === 202) return BigInt(answer.headers.get('x-mainstem-position') ?? '0')
    if (answer.status < 500) throw new Refused(`A record was refused with ${answer.status}.`)
    return undefined
  } catch (error) {
    if (error instanceof Refused) throw error
    return undefined
  }
}

class Refused extends Error {}
