import { Command, CommanderError } from 'commander';
import { version } from '../protocol/version.js';
import { registerAgent } from './commands/agent.js';
import { registerDemo } from './commands/demo.js';
import { registerImpersonation } from './commands/impersonation.js';
import { registerInspect } from './commands/inspect.js';
import { registerKeys } from './commands/keys.js';
import { registerMaintenance } from './commands/maintenance.js';
import { registerSchema } from './commands/schema.js';
import { registerVectors } from './commands/vectors.js';
import { registerVerifier } from './commands/verifier.js';
import { registerVerifyReceipt } from './commands/verify-receipt.js';
import { registerVerifySweep } from './commands/verify-sweep.js';
import { registerWitness } from './commands/witness.js';
import { formatError } from './output.js';

/** What the shell sees: `failed` when a command did not do its work, `misused` when it was not understood. */
export const exitCodes = { ok: 0, failed: 1, misused: 2 } as const;

/**
 * The command line, without having run anything. Commands load their heavy parts (ONNX Runtime, ClickHouse, the
 * servers) inside their actions, so that `--help` answers at once.
 */
export function buildProgram(): Command {
  const program = new Command('touchstone')
    .description(
      'Tells real GPUs from fake ones: asks for exact work that only such a card can do in the time.',
    )
    .version(version)
    // Before the commands, which inherit it: an error comes back to us instead of ending the process.
    .exitOverride();
  registerVerifier(program);
  registerAgent(program);
  registerDemo(program);
  registerImpersonation(program);
  registerInspect(program);
  registerKeys(program);
  registerMaintenance(program);
  registerVectors(program);
  registerWitness(program);
  registerVerifyReceipt(program);
  registerVerifySweep(program);
  registerSchema(program);
  return program;
}

/**
 * Runs one command line and says on stderr what went wrong.
 *
 * @param args the arguments after `node touchstone.js`
 * @returns the exit code; a command may have asked for another by setting `process.exitCode`
 */
export async function runProgram(args: readonly string[], program = buildProgram()): Promise<number> {
  try {
    await program.parseAsync(args, { from: 'user' });
    return Number(process.exitCode ?? exitCodes.ok);
  } catch (error) {
    // Commander has printed help or its complaint already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.misused;
    process.stderr.write(formatError(error));
    return exitCodes.failed;
  }
}
