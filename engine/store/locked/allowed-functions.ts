/**
 * What a statement on the locked connection may call: functions that give the same value for the same arguments, read
 * nothing but their arguments and change nothing. Left out on purpose, among others: files (`read_*`, `glob`,
 * `parquet_*`), statements in disguise (`query`, `query_table`, `json_execute_serialized_sql`, `enable_logging`,
 * `checkpoint`), the machine (`getenv`, `current_setting`, `version`, `duckdb_*`, `pragma_*`), clocks and chance
 * (`now`, `today`, `age`, `random`, `uuid`), sleeping, sequences, and sketches whose value depends on the order of rows
 * (`approx_quantile`, `reservoir_quantile`, `mode`). `hash` is left out because it changes between versions of DuckDB.
 */
const words = (text: string): readonly string[] => text.trim().split(/\s+/);

const operators = words(`
  + - * / // % ** ^ & | ~ << >> || <-> <=> <@ @> ^@ ! !~~ !~~* ~~ ~~* ~~~ -> ->> @ xor
  like_escape ilike_escape not_like_escape not_ilike_escape
`);

const numbers = words(`
  abs acos acosh add asin asinh atan atan2 atanh bit_count cbrt ceil ceiling cos cosh cot degrees divide even exp
  factorial fdiv floor fmod gamma gcd greatest greatest_common_divisor isfinite isinf isnan lcm least
  least_common_multiple lgamma ln log log10 log2 mod multiply nextafter pi pow power radians round round_even
  roundbankers sign signbit sin sinh sqrt subtract tan tanh trunc
`);

const text = words(`
  array_to_string ascii bar base64 bin bit_length char_length character_length chr concat concat_ws contains
  damerau_levenshtein editdist3 encode decode ends_with format format_bytes formatreadabledecimalsize
  formatreadablesize from_base64 from_binary from_hex hamming hex instr jaccard jaro_similarity
  jaro_winkler_similarity lcase left left_grapheme len length length_grapheme levenshtein lower lpad ltrim md5 mismatches
  nfc_normalize octet_length ord parse_dirname parse_dirpath parse_filename parse_path position prefix printf
  regexp_escape regexp_extract regexp_extract_all regexp_full_match regexp_matches regexp_replace
  regexp_split_to_array repeat replace reverse right right_grapheme rpad rtrim sha1 sha256 split split_part
  starts_with str_split str_split_regex string_split string_split_regex string_to_array strip_accents strlen strpos
  substr substring substring_grapheme suffix to_base to_base64 to_binary to_hex translate trim ucase unbin unhex
  unicode upper url_decode url_encode
`);

const times = words(`
  century date_add date_diff date_part date_sub date_trunc datediff datepart datesub datetrunc day dayname dayofmonth
  dayofweek dayofyear days_in_month decade epoch epoch_ms epoch_ns epoch_us era hour isodow isoyear julian last_day
  make_date make_time make_timestamp make_timestamp_ms make_timestamp_ns make_timestamptz microsecond millennium
  millisecond minute month monthname nanosecond quarter second strftime strptime time_bucket timezone to_centuries
  to_days to_decades to_hours to_microseconds to_millennia to_milliseconds to_minutes to_months to_quarters to_seconds
  to_timestamp to_weeks to_years try_strptime week weekday weekofyear year yearweek
`);

const nested = words(`
  array_append array_cat array_concat array_contains array_distinct array_extract array_filter array_has array_has_all
  array_has_any array_indexof array_intersect array_length array_position array_prepend array_reverse array_slice
  array_sort array_transform array_unique array_value array_zip cardinality element_at flatten generate_series
  list_aggr list_aggregate list_append list_apply list_cat list_concat list_contains list_count list_distinct
  list_element list_extract list_filter list_has list_has_all list_has_any list_indexof list_intersect list_max
  list_min list_pack list_position list_prepend list_reduce list_resize list_reverse list_reverse_sort list_select
  list_slice list_sort list_sum list_transform list_unique list_value list_where list_zip map map_concat map_contains
  map_entries map_extract map_extract_value map_from_entries map_keys map_values range row struct_extract
  struct_extract_at struct_insert struct_pack unnest
  json json_array json_array_length json_contains json_exists json_extract json_extract_path json_extract_path_text
  json_extract_string json_keys json_object json_quote json_type json_valid json_value to_json
`);

const others = words(`coalesce constant_or_null if ifnull nullif typeof try`);

const aggregates = words(`
  any_value arbitrary arg_max arg_max_null arg_min arg_min_null argmax argmin array_agg avg bit_and bit_or bit_xor
  bool_and bool_or corr count count_if count_star countif covar_pop covar_samp entropy favg first fsum geomean
  geometric_mean group_concat histogram kahan_sum kurtosis last list listagg mad max max_by mean median min min_by
  product quantile quantile_cont quantile_disc regr_slope regr_intercept regr_r2 skewness stddev stddev_pop
  stddev_samp string_agg sum sum_no_overflow sumkahan var_pop var_samp variance
`);

const windows = words(`
  cume_dist dense_rank fill first_value lag last_value lead nth_value ntile percent_rank rank rank_dense row_number
`);

/** Scalar, aggregate and window functions, lower case. */
export const allowedFunctions: ReadonlySet<string> = new Set([
  ...operators,
  ...numbers,
  ...text,
  ...times,
  ...nested,
  ...others,
  ...aggregates,
  ...windows,
]);

/** Functions of our own, macros of engine/timeline/clocks/clock-macros.ts, with the table that each reads. */
export const macroTables: ReadonlyMap<string, string> = new Map([
  ['event_time_trusted', 'clock_intervals'],
  ['ordered', 'clock_intervals'],
]);

/** Functions that may stand where a table stands. */
export const allowedTableFunctions: ReadonlySet<string> = new Set(words('range generate_series unnest'));

/** Aggregates whose value depends on the order in which rows come, unless the call has an ORDER BY. */
export const orderSensitiveFunctions: ReadonlySet<string> = new Set(
  words('any_value arbitrary array_agg first group_concat last list listagg string_agg'),
);

/** Bare words that DuckDB reads as calls where no column has the name. */
export const wordsThatAreCalls: ReadonlySet<string> = new Set(
  words(`
    current_catalog current_date current_role current_schema current_time current_timestamp current_user
    localtime localtimestamp session_user user get_current_time get_current_timestamp
  `),
);
