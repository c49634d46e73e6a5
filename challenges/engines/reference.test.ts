import { describe } from 'vitest';
import { createReferenceEngine } from './reference.js';
import { describeEngine } from './testing/conformance.js';

describe('reference', () => describeEngine(createReferenceEngine));
