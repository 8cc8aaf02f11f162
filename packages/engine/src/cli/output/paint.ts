import picocolors from 'picocolors'
import type { Environment, TextStream } from './stream.ts'

/** Functions that colour a text, or leave it as it is. */
export type Paint = ReturnType<typeof picocolors.createColors>

/**
 * Colours for a stream: off when it is piped, when NO_COLOR is set (no-color.org) or the terminal is
 * dumb; on when FORCE_COLOR is set and NO_COLOR is not.
 */
export function paintFor(stream: TextStream, environment: Environment): Paint {
  const { NO_COLOR: none, FORCE_COLOR: force, TERM: terminal } = environment
  const forced = force !== undefined && force !== '' && force !== '0'
  const wanted = forced || (stream.isTTY === true && terminal !== 'dumb')
  return picocolors.createColors(wanted && (none === undefined || none === ''))
}
