import type { Target } from './second-parsers.ts'

/**
 * The functions, types and operators of the rendered statements that the other engine has: a parser
 * takes any name. Each was looked up, in `pg_proc`, `pg_type` and `pg_operator` of PostgreSQL 18 and in
 * Trino's list of functions; a name that no statement has any more is to go.
 */
export const HAS: Readonly<Record<Target, ReadonlySet<string>>> = {
  trino: names({
    function: `abs acos any_value array_agg array_join array_sort asin at_timezone atan atan2 avg bool_and
      bool_or cardinality cbrt ceil chr coalesce codepoint concat concat_ws contains cos count cume_dist
      date_diff date_format date_parse date_trunc day day_of_week day_of_year degrees dense_rank element_at
      ends_with exp filter first_value floor format from_unixtime from_utf8 greatest hour if json_extract
      json_extract_scalar json_format json_parse lag last_day_of_month last_value lead least length
      levenshtein_distance ln log10 log2 lower lpad ltrim max max_by md5 min min_by minute month nth_value ntile
      nullif percent_rank pi pow power quarter radians rank regexp_extract regexp_like regexp_replace repeat
      replace reverse round row_number rpad rtrim second sequence sha256 sign sin split split_part sqrt
      starts_with stddev_pop stddev_samp strpos substr sum tan to_hex to_unixtime to_utf8 transform
      translate truncate try typeof upper var_pop variance week year`,
    type: `array bigint boolean date decimal double integer json time timestamp timestampwithtimezone
      varbinary varchar`,
  }),
  postgresql: names({
    function: `abs acos age any_value array_agg array_to_string ascii asin atan atan2 avg bit_xor bool_and
      bool_or btrim cardinality cbrt ceil chr concat concat_ws convert_to cos count cume_dist
      current_database date_part date_trunc decode degrees dense_rank encode exp extract
      first_value floor isfinite json_extract_path json_extract_path_text lag last_value lead left length
      like_escape ln log10 log lower lpad ltrim make_date make_timestamptz max md5 min nth_value ntile
      octet_length percent_rank percentile_cont percentile_disc pi position power radians rank regexp_like
      regexp_replace regexp_substr repeat replace reverse right round row_number rpad rtrim sha256 sign sin
      split_part sqrt starts_with stddev_pop stddev_samp string_to_array strpos substring sum tan timezone
      to_char to_hex to_json to_timestamp translate trunc unnest upper var_pop variance`,
    type: 'bool bytea date float8 int4 int8 interval json numeric text time timestamp timestamptz varchar',
    operator: '% * + - -> ->> / < <= <> = > >= || ~',
  }),
}

/** What the other engine does not have, and what its adapter would write instead. */
export const LACKS: Readonly<Record<Target, Readonly<Record<string, string>>>> = {
  trino: {
    'function quantile_cont':
      'row_number and an average of two rows: approx_percentile is not exact',
    'function quantile_disc': 'row_number: approx_percentile is not exact',
    'function bit_xor': 'bitwise_xor_agg',
    'function epoch_us': 'to_unixtime(x) * 1000000',
    'function hash':
      'xxhash64 of the texts, joined; the store is another one, so need not be equal',
    'function isfinite': 'is_finite, of a number; a time is always finite',
    'function json_group_structure': 'nothing: types are inferred by the reader of files',
    'function json_keys': 'map_keys(cast(x as map(varchar, json)))',
    'function json_transform': 'cast(x as row(…))',
    'function json_type':
      'the reader of files: a line is known to be an object or is a problem record',
    'function json_valid': 'try(json_parse(x)) is not null',
    'function list': 'array_agg',
    'function list_position': 'array_position',
    'function make_timestamptz': 'from_unixtime_nanos(x * 1000)',
    'function md5_number_lower':
      'from_big_endian_64 of eight bytes of md5(to_utf8(x)), turned round',
    'function nfc_normalize': 'normalize(x, NFC)',
    'function octet_length': 'length(x) of bytes',
    'function printf': 'format',
    'function strip_accents': String.raw`regexp_replace(normalize(x, NFD), '\p{M}')`,
    'function strlen': 'length(to_utf8(x))',
    'type int128': 'decimal(38, 0)',
    'type ubigint': 'bigint, the same bits; a hash is only ever compared',
    'type utinyint': 'tinyint',
  },
  postgresql: {
    'function levenshtein': 'the same, of the extension fuzzystrmatch',
    'function try_strptime': 'to_timestamp in a function that catches, with patterns of its own',
    'function transform': 'a subquery over unnest; INITCAP is initcap',
    'function arg_max': '(array_agg(x order by y desc))[1]',
    'function arg_min': '(array_agg(x order by y))[1]',
    'function epoch_us': '(extract(epoch from x) * 1000000)::bigint',
    'function filter': 'a subquery over unnest',
    'function hash': 'hashtextextended of the texts, joined',
    'function json_group_structure': 'nothing: types are inferred by the reader of files',
    'function json_keys': 'json_object_keys',
    'function json_transform': 'json_to_record',
    'function json_type': 'json_typeof',
    'function json_valid': 'x is json',
    'function list': 'array_agg',
    'function list_position': 'array_position',
    'function md5_number_lower':
      'a function of its own: eight bytes of decode(md5(x), hex), turned round',
    'function nfc_normalize': 'normalize(x, NFC)',
    'function printf': 'format, with lpad',
    'function range': 'generate_series',
    'function sort_array': 'array_agg(x order by x)',
    'function strip_accents': 'unaccent, an extension',
    'function strlen': 'octet_length',
    'function try': 'a function that catches',
    'function typeof': 'pg_typeof',
    'type int128': 'numeric(38, 0)',
    'type ubigint': 'bigint, the same bits; a hash is only ever compared',
    'type utinyint': 'smallint',
  },
}

function names(kinds: Readonly<Record<string, string>>): ReadonlySet<string> {
  return new Set(
    Object.entries(kinds).flatMap(([kind, list]) =>
      list.split(/\s+/).map(name => `${kind} ${name}`),
    ),
  )
}
