import { describe, expect, it } from 'vitest';
import { type ClaimedName, claimedModels } from '../simulator/claims.js';
import { scaledCatalogue } from '../simulator/scaled-catalogue.js';
import { castWithout, demoFleet } from './fleet.js';
import { urlIn } from './verifier-process.js';

const world = scaledCatalogue();
const rate = (model: ClaimedName) => world.chip(model).opsPerSecond;

describe('the fleet of the demo', () => {
  it('has honest suppliers of three models, a bigger claim, a lazy card, a shared chip, half a table, and a card rented out twice', () => {
    const { members, plan } = demoFleet(castWithout([]), world);
    expect(members.filter(({ truth }) => truth === 'honest')).toHaveLength(4);
    expect(members.filter(({ truth }) => truth === 'fake')).toHaveLength(7);
    expect(plan.chips.map(({ identities }) => identities.length)).toEqual([1, 1, 1, 1, 1, 4, 1, 1]);
    const names = plan.chips.flatMap(({ identities }) => identities.map(({ name }) => name));
    expect(members.map(({ name }) => name)).toEqual(names);
    const leases = members.flatMap(({ lease }) => lease ?? []);
    expect(leases).toEqual(['honest', 'sold twice']);
  });

  it('has a third model that no tolerance makes a star, and no model that this machine really has', () => {
    for (const own of [[], [claimedModels['RTX 3090'].model]] as string[][]) {
      const cast = castWithout(own);
      expect(rate(cast.third)).toBeLessThan(0.6 * rate(cast.star));
      const models: ClaimedName[] = Object.values(cast);
      for (const model of models) expect(own).not.toContain(claimedModels[model].model);
    }
  });
});

describe('the verifier’s output', () => {
  it('is read for an address, whatever else is in it', () => {
    expect(urlIn('{"listening":"http://127.0.0.1:4711"}')?.port).toBe('4711');
    for (const line of [
      '',
      'listening',
      '{"level":30}',
      'null',
      '{"listening":7}',
      '{"listening":"nowhere"}',
    ])
      expect(urlIn(line)).toBeNull();
  });
});
