/**
 * The data's path, first stage first, and what each folder of the engine may import.
 * Read by `.dependency-cruiser.mjs`, by `test/architecture.test.ts` and by the picture in
 * ARCHITECTURE.md, so that they cannot disagree.
 */
const foundations = ['kernel', 'observability', 'governance', 'query', 'jobs']

export const PATH = [
  'streams',
  'journal',
  'lake',
  'model',
  'identity',
  'profiles',
  'insights',
  'segments',
  'activation',
]

/** @type {Readonly<Record<string, readonly string[]>>} */
export const MAY_IMPORT = {
  kernel: [],
  observability: ['kernel'],
  governance: ['kernel'],
  query: ['kernel'],
  jobs: ['kernel', 'observability'],

  streams: [...foundations],
  journal: [...foundations, 'streams'],
  lake: [...foundations, 'streams', 'journal'],
  model: [...foundations, 'streams', 'lake'],
  identity: [...foundations, 'lake', 'model'],
  profiles: [...foundations, 'lake', 'model', 'identity'],
  insights: [...foundations, 'lake', 'model', 'identity', 'profiles'],
  segments: [...foundations, 'lake', 'model', 'identity', 'profiles', 'insights'],
  activation: [...foundations, 'lake', 'model', 'identity', 'profiles', 'insights', 'segments'],

  api: [...foundations, ...PATH],
  app: [...foundations, ...PATH, 'api'],
  cli: ['kernel', 'app'],
}
