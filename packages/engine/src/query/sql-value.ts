/** A value that can stand in generated SQL. */
export type MainstemSqlValue = string | number | bigint | boolean | null
