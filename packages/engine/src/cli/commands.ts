/** A command of `mainstem`: how it is called, and what of the service it runs. */
export interface CommandSpec {
  readonly name: string
  /** Arguments as people read them. */
  readonly usage: string
  readonly says: string
  /** The service's method; absent for commands that need no engine. */
  readonly method?: string
  /** Positional arguments, by the names of their parameters; a `?` marks one that may be left out, a `…` any number. */
  readonly positionals: readonly string[]
  /** Options that take a value → the parameter they set. */
  readonly options?: Readonly<Record<string, string>>
  /** Options that are set or not → the parameter. */
  readonly flags?: Readonly<Record<string, string>>
}

/** Who decides, and why. */
const DECIDER = { author: 'author', reason: 'reason' }

/** Every command. `--help`, docs/reference/cli.md and the parser are made from this. */
export const COMMANDS: readonly CommandSpec[] = [
  {
    name: 'start',
    usage: '[--once] [--port N]',
    says: 'Start the server of a project; --once runs everything once and ends.',
    positionals: [],
    options: { port: 'port', now: 'now' },
    flags: { once: 'once' },
  },
  {
    name: 'run',
    usage: '[--stage S [--name N]] [--now T] [--allow-shrink]',
    says: 'Run all stages once, in order, or one of them.',
    method: 'run',
    positionals: [],
    options: { stage: 'stage', name: 'name', now: 'now' },
    flags: { 'allow-shrink': 'allowShrink' },
  },
  {
    name: 'status',
    usage: '',
    says: 'What there is, how much, and how fresh.',
    method: 'status',
    positionals: [],
  },
  {
    name: 'verify',
    usage: '[--stage S]',
    says: 'Compute everything derived again and compare it with what is stored.',
    method: 'verify',
    positionals: [],
    options: { stage: 'stage' },
  },
  {
    name: 'query',
    usage: 'SQL | --file F',
    says: 'Ask in SQL.',
    method: 'query',
    positionals: ['sql?'],
    options: { file: 'file' },
  },
  {
    name: 'profile',
    usage: 'KEY',
    says: 'One unified profile: by unified id, stream/id, e-mail or phone.',
    method: 'profile',
    positionals: ['key'],
  },
  {
    name: 'explain',
    usage: 'A [B] [--svg FILE]',
    says: 'Why records are one profile, or why not; --svg draws it.',
    method: 'explain',
    positionals: ['a', 'b?'],
    options: { svg: 'svg' },
  },
  {
    name: 'model',
    usage: '[--ruleset LABEL] [--svg FILE]',
    says: 'What scored match rules weigh: bits of each field and level; --svg draws it.',
    method: 'model',
    positionals: [],
    options: { ruleset: 'ruleset', svg: 'svg' },
  },
  {
    name: 'review',
    usage: '[--kind pair|contested|bridge|conflict] [--ruleset LABEL] [--limit N]',
    says: 'What a person should look at, most worth first.',
    method: 'review',
    positionals: [],
    options: { kind: 'kind', ruleset: 'ruleset', limit: 'limit' },
  },
  {
    name: 'review fields',
    usage: '',
    says: 'How well the fields that say who somebody is are filled, by stream.',
    method: 'review.fields',
    positionals: [],
  },
  {
    name: 'plan',
    usage: '',
    says: "What applying the project's files would change.",
    method: 'plan',
    positionals: [],
  },
  {
    name: 'apply',
    usage: '',
    says: "Run by the project's files from now on.",
    method: 'apply',
    positionals: [],
  },
  {
    name: 'doctor',
    usage: '',
    says: 'Check that the project is ready, and say what is missing.',
    method: 'doctor',
    positionals: [],
  },
  {
    name: 'problems',
    usage: '[STREAM] | reprocess [STREAM]',
    says: 'Records that could not be taken in; take them in again after a fix.',
    method: 'problems',
    positionals: ['stream?'],
  },
  {
    name: 'problems reprocess',
    usage: '[STREAM]',
    says: 'Take problem records in again.',
    method: 'problems.reprocess',
    positionals: ['stream?'],
  },
  {
    name: 'ingest',
    usage: 'STREAM FILE',
    says: 'Take a file into a stream.',
    method: 'ingest',
    positionals: ['stream', 'file'],
  },
  {
    name: 'delete',
    usage: 'STREAM --keys K… | --where SQL [--dry-run]',
    says: 'Bulk delete: rows by key or filter, and all that follows from them.',
    method: 'delete',
    positionals: ['stream'],
    options: { keys: 'keys', where: 'where' },
    flags: { 'dry-run': 'dryRun' },
  },
  {
    name: 'delete history',
    usage: '',
    says: 'The bulk deletes there were.',
    method: 'delete.history',
    positionals: [],
  },
  {
    name: 'decide',
    usage: 'A B --together|--never --author N --reason R',
    says: 'Decide that two records are one person, or are not, whatever the rules say.',
    method: 'decide',
    positionals: ['a', 'b'],
    options: DECIDER,
    flags: { together: 'together', never: 'never' },
  },
  {
    name: 'undo',
    usage: 'A B --author N --reason R',
    says: 'Take a merge back: the two, and who is with either, are never together from now on.',
    method: 'undo',
    positionals: ['a', 'b'],
    options: DECIDER,
  },
  {
    name: 'decisions list',
    usage: '[--all]',
    says: 'What is decided about records; --all with what no longer holds.',
    method: 'decisions.list',
    positionals: [],
    flags: { all: 'all' },
  },
  {
    name: 'decisions revoke',
    usage: 'NUMBER --author N --reason R',
    says: 'Take a decision back, or several as 4-9: the rules hold again.',
    method: 'decisions.revoke',
    positionals: ['number'],
    options: DECIDER,
  },
  {
    name: 'decisions import',
    usage: 'FILE',
    says: 'Take decisions from a CSV file.',
    method: 'decisions.import',
    positionals: ['file'],
  },
  {
    name: 'decisions export',
    usage: 'FILE',
    says: 'Write the decisions that hold to a CSV file.',
    method: 'decisions.export',
    positionals: ['file'],
  },
  {
    name: 'segments publish',
    usage: 'NAME',
    says: 'Publish one segment now.',
    method: 'segments.publish',
    positionals: ['name'],
  },
  {
    name: 'activations publish',
    usage: 'NAME',
    says: 'Publish one activation now.',
    method: 'activations.publish',
    positionals: ['name'],
  },
  {
    name: 'evaluate',
    usage: '--truth FILE [--ruleset LABEL]',
    says: 'Measure a ruleset against known truth.',
    method: 'evaluate',
    positionals: [],
    options: { truth: 'truth', ruleset: 'ruleset' },
  },
  {
    name: 'backup',
    usage: 'DIR',
    says: 'Copy the store while it is in use.',
    method: 'backup',
    positionals: ['directory'],
  },
  {
    name: 'restore',
    usage: 'DIR [--force]',
    says: 'Make the store from a backup.',
    positionals: ['directory'],
    flags: { force: 'force' },
  },
  {
    name: 'inspect',
    usage: 'FILE',
    says: 'What a file holds, and how it could be mapped.',
    positionals: ['file'],
  },
  {
    name: 'resolve',
    usage:
      'FILE… [--ruleset RULES.yaml] [--columns COLUMN=FIELD,…] [--ignore COLUMN,…] [--truth COLUMN] [--out FILE] [--into DIR] [--region CC] [--memory SIZE]',
    says: 'Which records of files are one person; needs no project.',
    positionals: ['files…'],
    options: {
      ruleset: 'ruleset',
      columns: 'columns',
      ignore: 'ignore',
      truth: 'truth',
      out: 'out',
      into: 'into',
      region: 'region',
      memory: 'memory',
    },
  },
  {
    name: 'init',
    usage: '--from FILE… DIR',
    says: 'Write a project from files.',
    positionals: ['directory'],
    options: { from: 'from' },
  },
]

/** The text of `--help`. */
export function helpLines(): readonly string[] {
  return [
    'mainstem COMMAND [--project DIR] [--json]',
    '',
    ...COMMANDS.flatMap(({ name, usage, says }) => [
      `  ${`${name} ${usage}`.trimEnd()}`,
      `      ${says}`,
    ]),
    '',
    'Without --project: the nearest mainstem.yaml at or above the current folder. A running server of',
    'the project is used if there is one. Exit codes: 0 fine, 1 a finding, 2 wrong usage or configuration.',
  ]
}
