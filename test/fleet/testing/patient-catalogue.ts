import type { Catalogue } from '../../../scoring/catalogue/catalogue.js';
import { scaledCatalogue } from '../../../simulator/scaled-catalogue.js';

/** Rates of honest cards may be so much lower: what they show here is that they are asked and heard, wherever they turn. */
const patience = { rate: 0.02, bandwidth: 0.1 };

/**
 * The catalogue of simulated cards for a machine that stands still for a second now and then, as one does that runs three
 * verifiers and all agents, and starts processes meanwhile: no card is too slow.
 *
 * @param bandwidth of the usual one, that a card must show: a sweep is told only after the longest walk that this allows
 */
export function patientCatalogue(bandwidth = patience.bandwidth): Catalogue {
  const { classes } = scaledCatalogue().catalogue;
  return {
    classes: classes.map(({ expectations, memory, ...one }) => ({
      ...one,
      memory: memory && { ...memory, lowGBps: memory.lowGBps * bandwidth },
      expectations: Object.fromEntries(
        Object.entries(expectations).map(([engine, figures]) => [
          engine,
          { ...figures, lowGflops: figures.lowGflops * patience.rate },
        ]),
      ),
    })),
  };
}
