// @ts-check
import { loadProject, openEngine, refreshStream, systemClock } from './engine-parts.mjs'

/**
 * Fills the store of a project, before it is served, from a file of the generator: as many people
 * as it takes to measure among.
 * @param {string} directory @param {string} csv
 */
export async function fillStore(directory, csv) {
  const project = await loadProject(directory)
  const engine = await openEngine({ project, clock: systemClock })
  await engine.apply(project)
  await refreshStream(engine, 'people', { paths: [csv] })
  await engine.catchUp()
  const [people] = engine.applied.rulesets
  if (!people) throw new Error(`${directory} has no ruleset: nobody to measure among`)
  const unified = await engine.reading(async (/** @type {any} */ session) => {
    const [row] = await session.rows(`select count(distinct uid) from ${people.stage.tables.link}`)
    return Number(row[0])
  })
  await engine.close()
  return { unified }
}
