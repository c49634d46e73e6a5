import { type Command, InvalidArgumentError } from 'commander';

/** `touchstone demo`: a verifier, this machine and a fleet of simulated suppliers, some of them cheats. */
export function registerDemo(program: Command): void {
  program
    .command('demo')
    .description('Run a verifier, this machine as a supplier and simulated ones, some of them cheats.')
    .option('--once', 'stop when every device has its verdict; exit 1 when one of them is wrong')
    .option('--json', 'print the verdicts against the truth as one line of JSON at the end')
    .option('--seconds <n>', 'longest wait for the verdicts', seconds, 180)
    .action(async (options: { once?: boolean; json?: boolean; seconds: number }) => {
      const { runDemo } = await import('../../demo/main.js');
      const { wrong } = await runDemo({
        once: options.once ?? false,
        json: options.json ?? false,
        seconds: options.seconds,
      });
      if (wrong > 0) process.exitCode = 1;
    });
}

function seconds(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('It must be a positive number.');
  return value;
}
