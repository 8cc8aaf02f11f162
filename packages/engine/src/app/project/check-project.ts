import type { ProjectDefinition, Refresh } from '@mainstem/contracts'
import { Cron } from 'croner'
import { isSupportedCountry } from 'libphonenumber-js'
import { at, type Definitions, nearestAdvice } from './definitions.ts'
import { LIMIT_NAMES, limitFaults } from './limits.ts'
import type { Mistake } from './mistake.ts'
import { pathFault } from './project-path.ts'
import type { Sourced } from './project.ts'

/** What the schema of `mainstem.yaml` cannot say. */
export function checkSettings(project: Sourced<ProjectDefinition>): readonly Mistake[] {
  const { timeZone, region, limits, sample, storage } = project.definition
  return [
    ...limitFaults(limits).map(({ name, says, fix = nearestAdvice(name, LIMIT_NAMES, 'limits') }) =>
      at(project, ['limits', name], { says, fix }),
    ),
    ...(timeZone === undefined || isTimeZone(timeZone)
      ? []
      : [
          at(project, ['timeZone'], {
            says: `No time zone is named "${timeZone}".`,
            fix: ZONE_FIX,
          }),
        ]),
    ...(region === undefined || isSupportedCountry(region)
      ? []
      : [
          at(project, ['region'], {
            says: `No country has the code "${region}".`,
            fix: REGION_FIX,
          }),
        ]),
    ...pathFaults(project, ['sample', 'truth'], sample?.truth),
    ...(storage?.path?.includes('\0')
      ? pathFaults(project, ['storage', 'path'], storage.path)
      : []),
  ]
}

const ZONE_FIX = 'Use an IANA name, such as Europe/Paris or UTC.'
const REGION_FIX = 'Use a code of ISO 3166-1, such as US or FR.'

function pathFaults(
  project: Sourced<unknown>,
  key: readonly string[],
  path: string | undefined,
): readonly Mistake[] {
  const fault = path === undefined ? undefined : pathFault(path)
  const fix = 'Write it relative to the project.'
  return fault === undefined ? [] : [at(project, key, { says: `The path ${fault}.`, fix })]
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/** Cron expressions that no calendar can follow, wherever a definition has one. */
export function checkSchedules(found: Definitions): readonly Mistake[] {
  const scheduled: readonly Sourced<{ readonly refresh?: Refresh | undefined }>[] = [
    ...found.streams,
    ...found.rulesets,
    ...found.insights,
    ...found.segments,
    ...found.activations,
  ]
  return scheduled.flatMap(source => {
    const { refresh } = source.definition
    if (typeof refresh !== 'object' || !('cron' in refresh) || isCron(refresh.cron)) return []
    const says = `"${refresh.cron}" is not a schedule of cron.`
    const fix = 'Write five fields: minute, hour, day, month, day of the week.'
    return [at(source, ['refresh', 'cron'], { says, fix })]
  })
}

function isCron(text: string): boolean {
  if (text.trim().split(/\s+/).length !== 5) return false
  try {
    return new Cron(text, { paused: true }).nextRun() !== null
  } catch {
    return false
  }
}
