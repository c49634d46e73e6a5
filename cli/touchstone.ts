#!/usr/bin/env node
import { runProgram } from './program.js';

// Only sets the code: what a command still has to flush is flushed, and its handles end the process.
process.exitCode = await runProgram(process.argv.slice(2));
