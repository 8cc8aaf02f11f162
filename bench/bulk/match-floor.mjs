// @ts-check
import {
  fullPartition,
  storedKeys,
  SURNAME_RULE,
  TypedArrayMatchIndex,
} from '../harness/engine-parts.mjs'
import { median, round } from '../harness/report.mjs'

/**
 * What matching costs from the stored keys on, against the least that any way must do with them:
 * reading them all once, and one group-by a rule. In turns, in this process.
 * @param {any} engine @param {number} rounds
 */
export async function measureMatchFloor(engine, rounds) {
  const [{ stage }] = engine.applied.rulesets
  /** @type {number[]} */
  const floors = []
  /** @type {number[]} */
  const ours = []
  for (let at = 0; at < rounds; at++) {
    await engine.reading(async (/** @type {any} */ session) => {
      floors.push(await timed(() => floor(session, stage)))
      ours.push(await timed(() => matchAndCluster(session, stage)))
    })
  }
  return {
    what:
      'Match: read which source profiles there are (their links), read match_key into a new index, partition. ' +
      'Floor: read match_key, and count(*), max(count) by key for each rule',
    rounds,
    matchSeconds: round(median(ours), 3),
    floorSeconds: round(median(floors), 3),
    ratio: round(median(ours.map((seconds, at) => seconds / (floors[at] ?? seconds)))),
  }
}

/** @param {any} session @param {any} stage */
async function floor(session, stage) {
  const { matchKey } = stage.tables
  let rows = 0
  for await (const { rowCount, columns } of session.batches(
    `select rule, key, pid, value from ${matchKey}`,
  )) {
    rows += columns[1].length === 0 ? 0 : rowCount
  }
  for (let rule = 0; rule < stage.ruleset.matchRules.length; rule++) {
    await session.rows(
      `select count(*), max(members) from (select key, count(*) as members from ${matchKey} where rule = ${rule} group by key)`,
    )
  }
  return rows
}

/** As a start and a full run do it, from the stored tables. @param {any} session @param {any} stage */
async function matchAndCluster(session, stage) {
  const [row] = await session.rows(
    `select count(*) filter (rule <> ${SURNAME_RULE}), max(pid) + 1 from ${stage.tables.matchKey}`,
  )
  const index = new TypedArrayMatchIndex({ rows: Number(row[0]), nodes: Number(row[1]) })
  for await (const { columns } of session.batches(`select pid from ${stage.tables.link}`)) {
    index.setPresent(columns[0], true)
  }
  for await (const rows of storedKeys(session, stage.tables, stage.ruleset)) index.add(rows)
  return fullPartition(index, stage.resolveOptions)
}

/** @param {() => Promise<unknown>} work */
async function timed(work) {
  const started = performance.now()
  await work()
  return (performance.now() - started) / 1000
}
