// A flood in a process of its own: `tsx flood-process.ts URL LIARS STRANGERS`. It says when it has begun; a line of input ends it,
// and it says what it did.
import { once } from 'node:events';
import { Flood } from '../../test/edges/testing/flood.js';

const [url = '', liars, strangers] = process.argv.slice(2);
const flood = await Flood.begin(url, { liars: Number(liars), strangers: Number(strangers) });
process.stdout.write(`${JSON.stringify({ begun: true })}\n`);
await once(process.stdin, 'data');
const { counts, closed } = flood;
await flood.end();
process.stdout.write(`${JSON.stringify({ ...counts, closed: Object.fromEntries(closed) })}\n`);
process.exit(0);
