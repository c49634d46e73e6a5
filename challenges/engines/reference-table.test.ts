import { describe } from 'vitest';
import { createReferenceTableEngine } from './reference-table.js';
import { describeTableEngine } from './testing/table-conformance.js';

describe('reference table', () => describeTableEngine(createReferenceTableEngine));
