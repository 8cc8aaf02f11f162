import { matchIndexContract } from '../match-index.contract.ts'
import { MapMatchIndex } from './map-match-index.ts'

matchIndexContract(() => new MapMatchIndex())
