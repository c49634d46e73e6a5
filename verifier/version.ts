import { createRequire } from 'node:module';

/** The version of this package, such as `0.1.0`. */
export const verifierVersion = (createRequire(import.meta.url)('#package.json') as { version: string })
  .version;
