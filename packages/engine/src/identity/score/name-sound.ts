import anyAscii from 'any-ascii'
import { doubleMetaphone } from 'double-metaphone'
import { jaroWinkler } from '../core/jaro-winkler.ts'
import { withoutGeneration } from './generation.ts'

/** Likeness from which texts that sound the same may be one name: John and Jane sound the same, too. */
const SAME_SOUND_MIN = 0.72

/** How a name is written with Latin letters, and how it sounds: made once for each value. */
export interface NameSound {
  readonly latin: string
  /** Empty where nothing of it sounds. */
  readonly sound: string
  /** Its consonants: of names in a script without vowels all there is. */
  readonly consonants: string
}

/** The sound of a name, in the form that is compared. */
export function nameSound(name: string): NameSound {
  const latin = anyAscii(withoutGeneration(name))
    .toLowerCase()
    .replaceAll(/[^a-z0-9 ]+/g, '')
  const sound = latin
    .split(' ')
    .map(word => doubleMetaphone(word)[0])
    .join(' ')
    .trim()
  const consonants = latin
    .replaceAll('x', 'ks')
    .replaceAll(/[aeiouyhw]+/g, '')
    .replaceAll(/(.)\1+/g, '$1')
  return { latin, sound, consonants }
}

/** Whether two names of one script are two spellings of one: Kaylee and Keeley, Sara and Zarah. */
export function isOneSpelled(one: NameSound, other: NameSound): boolean {
  if (one.sound === '' || one.sound !== other.sound) return false
  return jaroWinkler(one.latin, other.latin) >= SAME_SOUND_MIN
}

/** Whether two names of different scripts are one, written as it sounds: Фёдор and Fyodor. */
export function isOneTranscribed(one: NameSound, other: NameSound): boolean {
  if (one.sound !== '' && one.sound === other.sound) return true
  return one.consonants.length > 1 && one.consonants === other.consonants
}
