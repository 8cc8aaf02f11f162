import { rewriteCalls } from './calls.ts'
import type { Target } from './second-parsers.ts'

/** A thing that the pipeline's statements are made of and another engine has not. */
export interface Construct {
  readonly what: string
  /** The engines that cannot read it, and what their adapter would write. */
  readonly instead: Readonly<Partial<Record<Target, string>>>
  /** Why the pipeline has it. */
  readonly why: string
  /** What it looks like in a statement. */
  readonly found: RegExp
  /**
   * The statement with something else in its place, so that the rest of it is still read by the second
   * parser. Absent: the statement is nothing but the construct, and the adapter's as a whole.
   */
  readonly standIn?: (sql: string, target: Target) => string
}

const calls =
  (names: readonly string[], instead: string) =>
  (sql: string): string =>
    rewriteCalls(sql, ({ name }) => (names.includes(name) ? instead : undefined))

/**
 * Every construct of the pipeline's SQL that keeps a statement from being read by PostgreSQL or Trino.
 * The list can only become shorter: a statement that fails for another reason fails the test, and so
 * does an entry that no statement needs.
 */
export const CONSTRUCTS: readonly Construct[] = [
  {
    what: 'temporary tables, made anew',
    why: 'the rows of a batch live for one transaction of one session',
    instead: {
      trino: 'CREATE TABLE with a name of the session, in a schema for such tables, and DROP TABLE',
      postgresql: 'DROP TABLE IF EXISTS, then CREATE TEMPORARY TABLE',
    },
    found: /\bcreate (or replace )?temp(orary)? table\b/i,
    standIn: (sql, target) =>
      sql.replaceAll(
        /\bcreate (?:or replace )?temp(?:orary)? table\b/gi,
        target === 'trino' ? 'create table' : 'create temp table',
      ),
  },
  {
    what: 'INSERT … BY NAME',
    why: 'rows are computed in the order of their rules, tables have the order of their making',
    instead: {
      trino: 'the list of columns, from the table that the rows are for',
      postgresql: 'the list of columns, from the table that the rows are for',
    },
    found: /\binsert into \S+ by name\b/i,
    standIn: sql => sql.replaceAll(/\b(insert into \S+) by name\b/gi, '$1'),
  },
  {
    what: 'UNION … BY NAME',
    why: 'rows of different objects lie in one small table, each with its own columns filled',
    instead: {
      trino: 'every column in every branch, null where it is not its own',
      postgresql: 'every column in every branch, null where it is not its own',
    },
    found: /\bunion all by name\b/i,
    standIn: sql => sql.replaceAll(/\bunion all by name\b/gi, 'union all'),
  },
  {
    what: 'RETURNING',
    why: 'what went and what came is counted without reading it again',
    instead: { trino: 'a SELECT of the same rows, before a DELETE and after an INSERT' },
    found: /\breturning\b/i,
    standIn: sql => sql.replaceAll(/\breturning\b[^()]*$/gi, ''),
  },
  {
    what: 'FROM without SELECT',
    why: 'an empty copy of a table, all of its columns',
    instead: { trino: 'SELECT * FROM', postgresql: 'SELECT * FROM' },
    found: /(\bas|\() *from\b/i,
    standIn: sql => sql.replaceAll(/(\bas|\() *from\b/gi, '$1 select * from'),
  },
  {
    what: 'parameters by number',
    why: 'values are bound, never text',
    instead: { trino: '? in the order of the text, a value that is used twice bound twice' },
    found: /\$\d/,
    standIn: sql => sql.replaceAll(/\$\d+/g, '?'),
  },
  {
    what: 'parameters without a number',
    why: 'values are bound, never text',
    instead: { postgresql: '$1, $2, …' },
    found: /[(,=] *\?(?=[\s,)]|::|$)/,
    standIn: sql => sql.replaceAll(/([(,=] *)\?(?=[\s,)]|::|$)/g, '$1$$1'),
  },
  {
    what: 'tables that are files',
    why: 'files are read by the engine, line by line, at the speed of the disk',
    instead: {
      trino: 'a stage that uploads the lines, or an external table over the object store',
      postgresql: 'COPY … FROM STDIN into a stage',
    },
    found: /\bread_(csv|json|json_objects|parquet|text|blob)\(/i,
    standIn: calls(
      ['read_csv', 'read_json', 'read_json_objects', 'read_parquet', 'read_text', 'read_blob'],
      'file_rows',
    ),
  },
  {
    what: 'structures of named values',
    why: 'a row of a file becomes the text of one JSON object',
    instead: { postgresql: 'json_build_object(key, value)' },
    found: /\bstruct_pack\(/i,
    standIn: calls(['struct_pack'], 'null'),
  },
  {
    what: 'QUALIFY',
    why: 'the last row of each key',
    instead: {
      trino: 'the window in a subquery, the condition around it',
      postgresql: 'the window in a subquery, the condition around it',
    },
    found: /\bqualify\b/i,
    standIn: sql => sql.replaceAll(/\bqualify\b/gi, 'having'),
  },
  {
    what: 'GROUP BY ALL',
    why: 'the evaluation groups by all but its counts',
    instead: { trino: 'GROUP BY with the columns', postgresql: 'GROUP BY with the columns' },
    found: /\bgroup by all\b/i,
    standIn: sql => sql.replaceAll(/\bgroup by all\b/gi, 'group by 1'),
  },
  {
    what: 'UNNEST among the values',
    why: 'a row for each element of a list',
    instead: { trino: 'CROSS JOIN UNNEST (list)' },
    found: /\bunnest\(/i,
    standIn: calls(['unnest'], 'null'),
  },
  {
    what: 'columns left out of a star',
    why: 'a stage passes on what it was given, without what only it needed',
    instead: { trino: 'the list of columns', postgresql: 'the list of columns' },
    found: /\* exclude\b/i,
    standIn: sql => sql.replaceAll(/\* exclude *(?:\([^)]*\)|\w+)/gi, '*'),
  },
  {
    what: 'WITH … AS MATERIALIZED',
    why: 'source profiles are read once for all match rules',
    instead: { trino: 'a table of its own for the batch, or nothing' },
    found: /\bas (not )?materialized\b/i,
    standIn: sql => sql.replaceAll(/\bas (?:not )?materialized\b/gi, 'as'),
  },
  {
    what: "the engine's catalogue",
    why: 'which tables, columns and views a store has',
    instead: { trino: 'information_schema', postgresql: 'information_schema, pg_catalog' },
    found: /\bduckdb_\w+\(/i,
    standIn: sql => sql.replaceAll(/\bduckdb_(\w+)\(\)/gi, 'catalogue_$1'),
  },
  {
    what: 'UPDATE and DELETE with a second table',
    why: 'what a target answered is written to the rows that it is about',
    instead: { trino: 'MERGE' },
    found: /^\s*(update \S+ (as )?\w+ set|delete from \S+ as \w+ using)\b/i,
  },
  {
    what: 'DELETE with an alias',
    why: 'a condition that compares a row with other rows of its table',
    instead: { trino: 'the name of the table before its columns' },
    found: /\bdelete from \S+ (as )?(?!where\b|using\b)\w/i,
    standIn: sql => sql.replace(/\b(delete from \S+) (?:as )?(?!where\b|using\b)\w+/i, '$1'),
  },
  {
    what: 'an element of the list that a call gives',
    why: 'a name is normalised as the elements of a list are',
    instead: { postgresql: 'parentheses around the call' },
    found: /\)\[\d+\]/,
    standIn: sql => sql.replaceAll(/\)\[\d+\]/g, ')'),
  },
  {
    what: "the engine's own parser",
    why: 'the second gate looks at statements from people with the parser that will run them',
    instead: { trino: "EXPLAIN, or the engine's parser as a library", postgresql: 'libpg_query' },
    found: /^\s*select json_serialize_sql\(/i,
  },
  {
    what: 'settings of the engine',
    why: 'time zone, default schema, order of rows',
    instead: { trino: 'properties of the session' },
    found: /^\s*(set|reset|pragma|checkpoint|force checkpoint)\b/i,
  },
  {
    what: 'files of the database',
    why: 'a backup is a copy of the whole database, made by the engine',
    instead: { trino: 'snapshots of the tables', postgresql: 'pg_dump, or a base backup' },
    found: /^\s*(attach|detach|copy|use|export|import)\b/i,
  },
  {
    what: 'a shadow of the database',
    why: 'a plan writes what apply would into a database in memory, with the views as the engine tells them',
    instead: {
      trino: 'a branch of the catalogue',
      postgresql: 'a schema of its own, first in search_path, in a transaction that is rolled back',
    },
    found: /^\s*(?:create (?:schema|table) shadow_\d+\.|CREATE VIEW )/,
  },
]
