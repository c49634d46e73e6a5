import { Type } from 'typebox';

/**
 * Text that a stranger may choose: no control characters, which would act on whoever's terminal shows it, and no lone
 * surrogates, which are no text in any encoding and which databases refuse.
 */
export const FreeText = (maxLength: number) =>
  Type.String({ minLength: 1, maxLength, pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f\\ud800-\\udfff]*$' });

/** The name of an engine, such as onnx-cuda. */
export const EngineName = Type.String({ pattern: '^[a-z0-9][a-z0-9._-]{0,63}$' });
