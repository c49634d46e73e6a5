import { describe } from 'vitest';
import { describeEngine } from '../testing/conformance.js';
import { createOnnxEngine } from './engine.js';

describe('onnx-cpu', { timeout: 60_000 }, () =>
  describeEngine(() => createOnnxEngine({ provider: 'cpu', threads: 1 })),
);
