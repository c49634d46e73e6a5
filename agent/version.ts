import { createRequire } from 'node:module';

const manifest = createRequire(import.meta.url)('#package.json') as { version: string };

/** The version of this package, such as `0.1.0`. */
export const agentVersion = manifest.version;

/** What an enrolment says of the program that speaks: its version and `platform-architecture`. */
export const agentInfo = { version: agentVersion, platform: `${process.platform}-${process.arch}` };
