/**
 * ClickHouse's codes for data that it can't read or keep, whoever asks and however often: CANNOT_PARSE_… (6, 25, 26, 27,
 * 38, 41, 72), TYPE_MISMATCH, ARGUMENT_OUT_OF_BOUND, CANNOT_CONVERT_TYPE, INCORRECT_DATA, UNKNOWN_FIELD,
 * TOO_LARGE_STRING_SIZE, CANNOT_INSERT_NULL, VIOLATED_CONSTRAINT, UNKNOWN_ELEMENT_OF_ENUM.
 */
const dataCodes = new Set(
  [6, 25, 26, 27, 38, 41, 53, 69, 70, 72, 117, 131, 349, 469, 691].map((code) => String(code)),
);

/** True where the record is there and refuses these very rows; false where it is away, full, busy or misused. */
export function isRefusal(error: unknown): boolean {
  // By the code alone: the embedded engine and the client each have an error class of their own.
  return error instanceof Error && 'code' in error && dataCodes.has(String(error.code));
}
