#!/usr/bin/env node
import { runProgram } from './program.js';

// Whoever read our output has read enough: `touchstone … | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

// Only sets the code: what a command still has to flush is flushed, and its handles end the process.
process.exitCode = await runProgram(process.argv.slice(2));
