import { describe } from 'vitest';
import { describeEngine } from '../testing/conformance.js';
import { createOnnxEngine } from './engine.js';

describe('onnx-cpu', () => describeEngine(() => createOnnxEngine({ provider: 'cpu', threads: 1 })));
