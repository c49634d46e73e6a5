import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', 'dist/**'],
    // Processes, not threads: native parts (ONNX Runtime, ClickHouse, Dawn) keep state for the whole process.
    pool: 'forks',
    maxWorkers: 2,
    // Against tests that hang, not against slow ones: a busy machine takes ten times as long, and that is no failure.
    testTimeout: 120_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
  },
});
