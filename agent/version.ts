import { version } from '../protocol/version.js';

/** What an enrolment says of the program that speaks: its version and `platform-architecture`. */
export const agentInfo = { version, platform: `${process.platform}-${process.arch}` };
