// Prints `passed failed` of a report by vitest's JSON reporter; `0 0` where there is none, which CI takes for a failure.
import { existsSync, readFileSync } from 'node:fs';

const [file] = process.argv.slice(2);
const report = file && existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { testResults: [] };

const tests = report.testResults.flatMap((suite) => suite.assertionResults);
// A file that could not even be loaded has no tests that could fail.
const brokenFiles = report.testResults.filter(
  (suite) => suite.status === 'failed' && suite.assertionResults.length === 0,
);

const passed = tests.filter((test) => test.status === 'passed').length;
const failed = tests.filter((test) => test.status === 'failed').length + brokenFiles.length;
process.stdout.write(`${passed} ${failed}\n`);
