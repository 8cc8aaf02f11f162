import type { MainstemError } from '@mainstem/contracts'
import { eachError } from '../../kernel/error-list.ts'
import { at } from './definitions.ts'
import type { Mistake } from './mistake.ts'
import type { Sourced } from './project.ts'
import type { KeyPath } from './read-yaml.ts'

/** What a stage says of a definition, with the file and the line of the key that it names. */
export function mistakesOfError(source: Sourced<unknown>, error: MainstemError): Mistake[] {
  return eachError(error).map(({ code, message, details }) =>
    at(source, pathOf(details.key ?? ''), { code, ...sentences(message, details.fix) }),
  )
}

/** From `objects[1].fields.Id` to the way it goes. */
function pathOf(key: string): KeyPath {
  const steps = key.match(/[^.[\]]+/g) ?? []
  return steps.map(step => (/^\d+$/.test(step) ? Number(step) : step))
}

/** What is wrong, and what to do: the end of the message, where the error does not say. */
function sentences(message: string, fix: string | undefined): { says: string; fix: string } {
  if (fix !== undefined) {
    const says = message.endsWith(fix) ? message.slice(0, -fix.length).trim() : message
    return { says, fix }
  }
  const [, says, , rest = ''] = /^(.+?)(; |\. |\.$)(?=\S|$)(.*)$/s.exec(message) ?? []
  if (says === undefined || rest === '')
    return { says: message, fix: 'Correct it, or take it out.' }
  const end = rest.replace(/\?\.$/, '?')
  return { says: `${says}.`, fix: end.charAt(0).toUpperCase() + end.slice(1) }
}
