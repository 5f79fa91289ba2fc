/** Values of a Parquet column as text, so that a log says the same in Parquet and in lines. */
import type { SchemaElement } from 'hyparquet';
import { formatInstant } from '../../../shared/time.ts';

export type ParquetValue = number | bigint | boolean | Uint8Array;
export type AsText = (value: ParquetValue) => string;

/** How values of a column become text; `undefined` for types that no flow log has. */
export function textOfColumn(element: SchemaElement): AsText | undefined {
  const { type, converted_type: converted, logical_type: logical } = element;
  if (type === 'INT96') return (value) => formatInstant(int96Micros(BigInt(value as bigint)));
  if (converted === 'DECIMAL' || logical?.type === 'DECIMAL') return undefined;
  const perMicro = timestampUnit(element);
  if (perMicro !== undefined) return (value) => formatInstant(perMicro(BigInt(value as bigint)));
  if (type === 'BYTE_ARRAY' || type === 'FIXED_LEN_BYTE_ARRAY')
    return (value) => Buffer.from(value as Uint8Array).toString('utf8');
  if (isUnsigned(element))
    return (value) => BigInt.asUintN(type === 'INT32' ? 32 : 64, BigInt(value as bigint)).toString();
  return type === undefined ? undefined : (value) => String(value as number);
}

function isUnsigned({ converted_type: converted, logical_type: logical }: SchemaElement): boolean {
  return (converted?.startsWith('UINT') ?? false) || (logical?.type === 'INTEGER' && !logical.isSigned);
}

function timestampUnit({ converted_type, logical_type }: SchemaElement): ((value: bigint) => bigint) | undefined {
  const unit = logical_type?.type === 'TIMESTAMP' ? logical_type.unit : undefined;
  if (converted_type === 'TIMESTAMP_MILLIS' || unit === 'MILLIS') return (value) => value * 1000n;
  if (converted_type === 'TIMESTAMP_MICROS' || unit === 'MICROS') return (value) => value;
  return unit === 'NANOS' ? (value) => value / 1000n : undefined;
}

/** Nanoseconds of the day in the low 64 bits, the Julian day above them; day 2440588 is 1970-01-01. */
function int96Micros(value: bigint): bigint {
  const day = (value >> 64n) - 2_440_588n;
  return day * 86_400_000_000n + BigInt.asUintN(64, value) / 1000n;
}
