import anyAscii from 'any-ascii'
import { doubleMetaphone } from 'double-metaphone'
import { isJaroWinkler } from '../core/jaro-winkler.ts'
import { withoutGeneration } from './generation.ts'

/** Likeness from which texts that sound the same may be one name: John and Jane sound the same, too. */
const SAME_SOUND_MIN = 0.68

/** How a name sounds (double metaphone, word by word), in whatever script it is; empty where nothing of it does. */
export function soundOf(name: string): string {
  return latinForm(name)
    .split(' ')
    .map(word => doubleMetaphone(word)[0])
    .join(' ')
    .trim()
}

/** Whether two names of one script are two spellings of one: Kaylee and Keeley, Sara and Zarah. */
export function isOneSpelled(one: string, other: string): boolean {
  const sound = soundOf(one)
  return sound !== '' && sound === soundOf(other) && isJaroWinkler(one, other, SAME_SOUND_MIN)
}

/** Whether two names of different scripts are one, written as it sounds: Фёдор and Fyodor. */
export function isOneTranscribed(one: string, other: string): boolean {
  const sound = soundOf(one)
  if (sound !== '' && sound === soundOf(other)) return true
  const consonants = consonantsOf(one)
  return consonants.length > 1 && consonants === consonantsOf(other)
}

/** The consonants of a name: where a script has no vowels they are all there is. */
function consonantsOf(name: string): string {
  return latinForm(name)
    .replaceAll('x', 'ks')
    .replaceAll(/[aeiouyhw]+/g, '')
    .replaceAll(/(.)\1+/g, '$1')
}

const PLAIN = /^[a-z0-9 ]*$/

function latinForm(name: string): string {
  const bare = withoutGeneration(name)
  if (PLAIN.test(bare)) return bare
  return anyAscii(bare)
    .toLowerCase()
    .replaceAll(/[^a-z0-9 ]+/g, '')
}
