import { VerifierApi } from '../../../agent/connection/api.js';
import type { SupplierEvent } from '../../../agent/connection/events.js';
import type { SupplierOptions } from '../../../agent/connection/supplier.js';
import type { CardProver } from '../../../agent/exam/prover.js';
import type { Squarer } from '../../../challenges/engines/squarer.js';
import type { ExplainDocument } from '../../../verifier/documents/schemas.js';
import type { Hall } from '../../cheats/testing/hall.js';
import type { CutLine } from './cut-line.js';

/** One device, on a line of its own. */
export interface OutageEntrant {
  readonly run: (options: SupplierOptions) => Promise<void>;
  readonly squarer: Squarer;
  /** An honest card that has time to spare and builds fast, where absent. */
  readonly prover?: CardProver;
}

/** A device in its outages. */
export class OutageDevice {
  readonly device: string;
  readonly line: CutLine;
  readonly #hall: Hall;
  readonly #events: SupplierEvent[] = [];

  constructor(hall: Hall, name: string, line: CutLine, { run, squarer, prover }: OutageEntrant) {
    this.#hall = hall;
    this.line = line;
    line.leadTo(Number(hall.url.port));
    const entrant = {
      claim: hall.claim(),
      prover: prover ?? hall.card(hall.chip('RTX 4090', { speed: 1.5, tableSpeed: 8 }).tenant()),
      run: (options: SupplierOptions) =>
        run({ ...options, verifier: line.url, squarer, backoff: { baseMs: 20, capMs: 100 } }),
    };
    this.device = hall.enter(name, entrant, (event) => this.#events.push(event));
  }

  /** The last link that was solved on its chain of now. */
  get links(): number {
    return this.#of('offline.link').at(-1)?.link ?? 0;
  }

  get verdicts(): Extract<SupplierEvent, { type: 'offline.verdict' }>[] {
    return this.#of('offline.verdict');
  }

  /** Codes with which messages were refused. */
  get refusals(): string[] {
    return this.#of('connection.refused').map(({ code }) => code);
  }

  /** The most that a card was credited, of all outages, milliseconds. */
  get credited(): number {
    return Math.max(0, ...this.verdicts.flatMap(({ cards }) => cards.map(({ creditedMs }) => creditedMs)));
  }

  get status(): Promise<string> {
    return this.#hall.document(this.device).then(
      ({ status }) => status,
      () => 'unknown',
    );
  }

  /** What the record has of its outages, oldest first. */
  async recorded(): Promise<{ code: string; outageMs: number; creditedMs: number; links: number }[]> {
    const { history } = JSON.parse(
      await new VerifierApi(this.#hall.url).explain(this.device),
    ) as ExplainDocument;
    return history
      .filter(({ event }) => event === 'offline.shown')
      .map(({ inputs, reasons }) => ({
        code: reasons.join(),
        ...(inputs as Record<'outageMs' | 'creditedMs' | 'links', number>),
      }))
      .reverse();
  }

  #of<T extends SupplierEvent['type']>(type: T): Extract<SupplierEvent, { type: T }>[] {
    return this.#events.filter((event): event is Extract<SupplierEvent, { type: T }> => event.type === type);
  }
}
