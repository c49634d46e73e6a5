import { type Static, Type } from 'typebox';
import { limits } from '../limits.js';
import { EngineName, FreeText } from '../text.js';

const Text = FreeText(limits.textLength);

/**
 * What a device says of one card. A claim decides what is examined; it never acquits.
 * `software` is a software Vulkan device: examined on request, never eligible.
 */
export const CardClaim = Type.Object(
  {
    kind: Type.Union([Type.Literal('gpu'), Type.Literal('cpu'), Type.Literal('software')]),
    model: Text,
    vendor: Type.Optional(Text),
    memoryBytes: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
    hardwareId: Type.Optional(Text),
    driver: Type.Optional(Text),
    engine: Type.Union([EngineName, Type.Null()], {
      description: 'The engine that will run exams on it, such as onnx-cuda; null when none can',
    }),
    memoryEngine: Type.Optional(
      Type.Union([EngineName, Type.Null()], {
        description: 'The engine that will run the memory exam, such as webgpu; null or absent when none can',
      }),
    ),
    warmupGflops: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 1e9,
        description: 'Own rate in a short warm-up; sizes the exam of kinds whose class has no common rate',
      }),
    ),
    tableGops: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 1e9,
        description:
          'Own rate of building a table in a short warm-up; sizes a table where the class has no figures',
      }),
    ),
  },
  { additionalProperties: false },
);
export type CardClaim = Static<typeof CardClaim>;

export const CardIndex = Type.Integer({ minimum: 0, maximum: limits.cards - 1 });
