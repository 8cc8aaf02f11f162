import { expect, test } from 'vitest'
import { STANDARD_OBJECTS } from './catalogue/index.ts'
import { modelPage } from './model-page.ts'

/** Written anew by `npx vitest run packages/engine/src/model/model-page.test.ts -u`. */
test('the page of the model in docs/ is what the catalogue says', async () => {
  await expect(modelPage()).toMatchFileSnapshot('../../../../docs/reference/model.md')
})

test('every object has its section', () => {
  const headings = modelPage().match(/^### .*$/gm)
  expect(headings).toEqual(STANDARD_OBJECTS.map(object => `### ${object.name}`))
})
