// @ts-check
import { fullPartition, TypedArrayMatchIndex } from '../harness/engine-parts.mjs'
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
      'Match: read which source profiles there are, read match_key into a new index, partition. ' +
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

/** As a full run does it. @param {any} session @param {any} stage */
async function matchAndCluster(session, stage) {
  const index = new TypedArrayMatchIndex()
  for await (const { columns } of session.batches(
    `select distinct "_p_Id" from "n_Individual" where "_p_Id" is not null`,
  )) {
    index.setPresent(columns[0], true)
  }
  for await (const { columns, rowCount } of session.batches(
    `select rule, key, pid, value from ${stage.tables.matchKey}`,
  )) {
    const [rule, key, pid, value] = columns
    index.add({ rule, key, pid, value, count: rowCount })
  }
  return fullPartition(index, stage.resolveOptions)
}

/** @param {() => Promise<unknown>} work */
async function timed(work) {
  const started = performance.now()
  await work()
  return (performance.now() - started) / 1000
}
