import type { ProjectDefinition, Refresh } from '@mainstem/contracts'
import { isSupportedCountry } from 'libphonenumber-js'
import { parseRefresh } from '../../jobs/index.ts'
import { at, type Definitions, nearestAdvice, type Words } from './definitions.ts'
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

/** Schedules that no calendar can follow, wherever a definition has one. */
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
    if (typeof refresh !== 'object' || isSchedule(refresh)) return []
    return 'cron' in refresh
      ? [at(source, ['refresh', 'cron'], cronWords(refresh.cron))]
      : [at(source, ['refresh', 'every'], EVERY_WORDS)]
  })
}

function isSchedule(refresh: Refresh): boolean {
  try {
    return parseRefresh(refresh, 'UTC').kind !== 'onDemand'
  } catch {
    return false
  }
}

function cronWords(cron: string): Words {
  const fix = 'Write five fields: minute, hour, day, month, day of the week.'
  return { says: `"${cron}" is not a schedule of cron.`, fix }
}

const EVERY_WORDS: Words = {
  says: '"refresh.every" is longer than ten years, so it would never run.',
  fix: 'Write a whole number and s, m, h or d, up to 3660d, such as 15m.',
}
