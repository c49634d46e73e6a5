import { describe, expect, it } from 'vitest';
import type { ComponentKind } from '../../../protocol/messages/hardware.js';
import { known, reportWith, viewWith } from '../testing/reports.js';
import { viewsOf } from '../view.js';
import { formOfIds, repeatedPlaces, repeatedSerials, repeatedUuids } from './ids.js';

type Card = Parameters<typeof viewWith>[0];
const hash = (value: string) => Buffer.from(value).toString('hex').padEnd(64, '0');
const shared = (kind: ComponentKind, cards: readonly Card[], values: readonly string[]) => {
  const components = values.map((value, card) => ({ kind, card, hash: hash(value) }));
  const report = reportWith(cards, {}, components);
  return { report, views: viewsOf(report, null, known) };
};
const serials = (cards: readonly Card[], values: readonly string[]) => {
  const { report, views } = shared('gpu-serial', cards, values);
  return repeatedSerials(report, views, known).map(({ card }) => card);
};
const uuids = (kind: ComponentKind, values: readonly string[]) => {
  const { report, views } = shared(
    kind,
    values.map(() => ({})),
    values,
  );
  return repeatedUuids(report, views).map(({ card }) => card);
};

describe('ids of cards', () => {
  it('have the form that drivers give them', () => {
    const codes = (card: Card) =>
      formOfIds(viewWith(card)).map(({ code, severity }) => `${severity} ${code}`);
    expect(codes({ uuidForm: 'gpu', serialForm: 'plain' })).toEqual([]);
    expect(codes({ uuidForm: 'zero' })).toEqual(['evidence hardware.uuid-malformed']);
    expect(codes({ uuidForm: 'malformed' })).toEqual(['evidence hardware.uuid-malformed']);
    expect(codes({ serialForm: 'zero' })).toEqual(['note hardware.serial-zero']);
  });

  it('are of one card each', () => {
    expect(uuids('gpu-uuid', ['a', 'b', 'a'])).toEqual([0, 2]);
    expect(uuids('gpu-pdi', ['a', 'a'])).toEqual([0, 1]);
    expect(uuids('gpu-uuid', ['a', 'b'])).toEqual([]);
    expect(uuids('gpu-serial', ['a', 'a'])).toEqual([]);
  });

  it('may be listed twice of one card', () => {
    const component = { kind: 'gpu-uuid', card: 0, hash: hash('a') } as const;
    const report = reportWith([{}], {}, [component, component]);
    expect(repeatedUuids(report, viewsOf(report, null, known))).toEqual([]);
  });
});

it('a place on the bus is of one card of the driver, and of whatever others list there', () => {
  const at = (...cards: Card[]) => {
    const report = reportWith(cards);
    return repeatedPlaces(report, viewsOf(report, null, known)).map(({ card }) => card);
  };
  const [here, there] = ['0000:01:00.0', '0001:01:00.0'];
  expect(at({ bus: here }, { bus: there }, { bus: null }, { bus: null })).toEqual([]);
  expect(at({ bus: here }, { bus: there }, { bus: here })).toEqual([0, 2]);
  expect(at({ bus: here }, { bus: here, source: 'rocm-smi' })).toEqual([]);
});

describe('a serial of several cards', () => {
  const a16 = { name: 'NVIDIA A16', multiGpuBoard: true, serialForm: 'plain' } as const;
  const a100 = { name: 'NVIDIA A100-SXM4-80GB', multiGpuBoard: false, serialForm: 'plain' } as const;

  it('is that of their board where it has several GPUs', () => {
    expect(serials([a16, a16, a16, a16], ['s', 's', 's', 's'])).toEqual([]);
    expect(serials(Array(4).fill({ ...a16, multiGpuBoard: false }), ['s', 's', 's', 's'])).toEqual([]);
    expect(serials(Array(2).fill({ name: 'Tesla M60', multiGpuBoard: false }), ['s', 's'])).toEqual([]);
  });

  it('is found where they say that they are no such board, where they are of two models, or too many', () => {
    expect(serials([a100, a100], ['s', 's'])).toEqual([0, 1]);
    expect(serials([a100, a100, a100], ['s', 't', 's'])).toEqual([0, 2]);
    expect(serials([a16, { ...a16, name: 'NVIDIA A40' }], ['s', 's'])).toEqual([0, 1]);
    expect(serials(Array(5).fill(a16), Array(5).fill('s'))).toHaveLength(5);
  });

  it('is held against nobody where it is not said, or where it is zero', () => {
    expect(serials([{}, {}], ['s', 's'])).toEqual([]);
    expect(serials(Array(2).fill({ ...a100, serialForm: 'zero' }), ['s', 's'])).toEqual([]);
  });
});
