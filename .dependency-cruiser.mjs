import { existsSync } from 'node:fs'
import { MAY_IMPORT } from './architecture.mjs'

/** Makes the rules of `architecture.mjs` for `packages/engine/src`. Comments say what to do. */
const SRC = '^packages/engine/src/'
const SUPPORT = '[.](test|contract|fixture)[.]ts$'
const PURE_LIBRARIES =
  '^node_modules/(@sinclair/typebox|@polyglot-sql/sdk|libpg-query|libphonenumber-js|double-metaphone|croner|ajv|yaml)/'

/** @type {import('dependency-cruiser').IForbiddenRuleType[]} */
const folderRules = Object.entries(MAY_IMPORT).map(([folder, allowed]) => ({
  name: `${folder}-imports-only-what-it-may`,
  comment: 'Data flows down PATH, imports point up it. Declare a port and be given it in app/.',
  severity: 'error',
  from: { path: `${SRC}${folder}/`, pathNot: SUPPORT },
  to: { path: SRC, pathNot: `${SRC}(${[folder, ...allowed].join('|')})/` },
}))

/** @type {import('dependency-cruiser').IForbiddenRuleType[]} */
const doorRules = Object.keys(MAY_IMPORT)
  // A folder without an index.ts is a drawer of single words; app joins everything from inside.
  .filter(folder => !['app', 'cli'].includes(folder))
  .filter(folder => existsSync(new URL(`packages/engine/src/${folder}/index.ts`, import.meta.url)))
  .map(folder => ({
    name: `through-the-door-of-${folder}`,
    comment: 'Another folder is imported by its index.ts. Export there what others need.',
    severity: 'error',
    from: { path: SRC, pathNot: [`${SRC}${folder}/`, SUPPORT] },
    to: {
      path: `${SRC}${folder}/`,
      pathNot: [`${SRC}${folder}/index[.]ts$`, '/adapters/'],
    },
  }))

/** @type {import('dependency-cruiser').IForbiddenRuleType[]} */
const forbidden = [
  ...folderRules,
  ...doorRules,
  {
    name: 'every-folder-is-in-the-table',
    comment: 'Place the folder in architecture.mjs, on purpose.',
    severity: 'error',
    from: { path: SRC, pathNot: `${SRC}(${Object.keys(MAY_IMPORT).join('|')})/` },
    to: {},
  },
  {
    name: 'no-cycles',
    comment: 'Move what both need into a third file. Types count too.',
    severity: 'error',
    from: {},
    to: { circular: true },
  },
  {
    name: 'adapters-are-wired-in-app',
    comment: 'Depend on the port; app/ chooses the adapter.',
    severity: 'error',
    from: { path: SRC, pathNot: [`${SRC}app/`, '/adapters/', SUPPORT] },
    to: { path: '/adapters/' },
  },
  {
    name: 'only-adapters-meet-the-world',
    comment: 'Files, sockets, clocks and drivers are reached through a port.',
    severity: 'error',
    from: { path: SRC, pathNot: ['/adapters/', `${SRC}(app|cli|api)/`, SUPPORT] },
    to: { dependencyTypes: ['core', 'npm'], pathNot: PURE_LIBRARIES },
  },
  {
    name: 'only-the-lake-meets-the-database',
    comment: 'SQL goes through the port of lake/.',
    severity: 'error',
    from: { pathNot: [`${SRC}lake/adapters/`, SUPPORT, '^(test|bench|scripts)/'] },
    to: { path: '^node_modules/@duckdb/' },
  },
  {
    name: 'contracts-import-nothing',
    comment: 'The contracts cross wires: schemas and errors, no runtime.',
    severity: 'error',
    from: { path: '^packages/contracts/src/', pathNot: SUPPORT },
    to: { pathNot: ['^packages/contracts/src/', '^node_modules/@sinclair/typebox/'] },
  },
]

export default {
  forbidden,
  options: {
    parser: 'swc',
    doNotFollow: { path: ['node_modules', 'packages/contracts/dist'] },
    exclude: { path: '/dist/' },
    enhancedResolveOptions: { conditionNames: ['mainstem-source', 'import', 'node', 'default'] },
  },
}
