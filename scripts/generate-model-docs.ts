// Writes docs/reference/model.md from the catalogue of the model. A test holds the two together.
import { writeFileSync } from 'node:fs'
import { modelPage } from '../packages/engine/src/model/index.ts'

writeFileSync(new URL('../docs/reference/model.md', import.meta.url), modelPage())
