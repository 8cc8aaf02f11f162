// @ts-check
/**
 * Where the time of a run goes, by statement: a statement owns the time from its start to the start
 * of the next one, so that what JavaScript does with its answer counts with it. Statements of one
 * run follow one another, whichever session they are on.
 */

/** @typedef {{ sql: string, startMs: number, startCpuMs: number, ownMs: number, cpuMs: number }} Traced */

export class StatementTrace {
  /** @type {Traced[]} */
  statements = []
  /** @type {Traced | undefined} */
  #open

  /** Notes the start of a statement. @param {string} sql */
  begin(sql) {
    const now = performance.now()
    this.end(now)
    this.#open = { sql, startMs: now, startCpuMs: cpuMs(), ownMs: 0, cpuMs: 0 }
    this.statements.push(this.#open)
  }

  /** The run is over: the last statement ends now. */
  end(now = performance.now()) {
    if (this.#open) {
      this.#open.ownMs = now - this.#open.startMs
      this.#open.cpuMs = cpuMs() - this.#open.startCpuMs
    }
    this.#open = undefined
  }

  /** Forgets all; the next run starts from nothing. */
  clear() {
    this.#open = undefined
    this.statements = []
  }

  /** Traces every statement of a session. @param {any} session */
  watch(session) {
    for (const name of ['run', 'runAll', 'rows', 'batches', 'load', 'describe', 'compute']) {
      const original = session[name].bind(session)
      session[name] = (/** @type {any[]} */ ...given) => {
        this.begin(name === 'load' ? `load ${given[0]}` : String(given[0]))
        return original(...given)
      }
    }
    return session
  }

  /** Traces the sessions that an engine has and will open. @param {any} engine */
  watchEngine(engine) {
    this.watch(engine.parts.writer)
    const { engine: database } = engine.parts.store
    const open = database.session.bind(database)
    database.session = async () => this.watch(await open())
  }

  /**
   * Seconds by stage, of the clock and of the processors, where `stages` are names with patterns;
   * the first that fits wins.
   * @param {readonly (readonly [string, RegExp])[]} stages
   */
  secondsBy(stages) {
    /** @type {Record<string, { seconds: number, cpuSeconds: number }>} */
    const spent = {}
    for (const { sql, ownMs, cpuMs: cpu } of this.statements) {
      const name = stages.find(([, pattern]) => pattern.test(sql))?.[0] ?? 'other'
      const stage = (spent[name] ??= { seconds: 0, cpuSeconds: 0 })
      stage.seconds += ownMs / 1000
      stage.cpuSeconds += cpu / 1000
    }
    return spent
  }

  /** The statements that cost most, in short. @param {number} count */
  slowest(count) {
    return this.statements
      .toSorted((one, other) => other.ownMs - one.ownMs)
      .slice(0, count)
      .map(
        ({ sql, ownMs, cpuMs: cpu }) =>
          `${milliseconds(ownMs)} ${milliseconds(cpu)} cpu  ${shortened(sql)}`,
      )
  }
}

/** Of this process and all its threads, since it started. */
function cpuMs() {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** @param {number} ms */
function milliseconds(ms) {
  return `${ms.toFixed(0).padStart(7)} ms`
}

/** @param {string} sql */
function shortened(sql) {
  return sql.replaceAll(/\s+/gu, ' ').trim().slice(0, 140)
}
