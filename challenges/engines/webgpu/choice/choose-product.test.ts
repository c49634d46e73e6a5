import { expect, it } from 'vitest';
import type { Card } from '../device/card.js';
import { chooseProduct } from './choose-product.js';

/** A card by what the choice depends on. */
const cardThat = (isFallbackAdapter: boolean) =>
  ({
    packed: true,
    adapter: { info: { isFallbackAdapter } },
    device: { features: new Set(), limits: {} },
  }) as unknown as Card;

it('a software device runs the plain layer kernel, and nothing is tried', async () => {
  let opened = 0;
  const open = async () => {
    opened++;
    throw new Error('not to be opened');
  };
  expect((await chooseProduct(cardThat(true), open, 256)).name).toBe('plain');
  expect(opened).toBe(0);
});

it('where trials fail they are made once more without experiments, and then the plain kernel runs', async () => {
  let opened = 0;
  const open = async () => {
    opened++;
    throw new Error('the driver is gone');
  };
  expect((await chooseProduct(cardThat(false), open, 256)).name).toBe('plain');
  expect(opened).toBe(2);
});
