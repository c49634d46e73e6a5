import { describe, expect, it } from 'vitest';
import { mergeFacts } from './merge.js';
import { sealReport } from './report.js';

const key = new Uint8Array(32).fill(7);

/** A host that sees one GPU, whole or by the slices that it has of it. */
function hostWith(mig: boolean, ...uuids: string[]) {
  const ids = [
    ...uuids.map((value) => ({ kind: 'gpu-uuid' as const, value })),
    { kind: 'gpu-serial' as const, value: '1320923001234' },
  ];
  const card = { name: 'NVIDIA A100-SXM4-80GB', bus: '0000:07:00.0', mig, ids };
  return sealReport(mergeFacts([{ name: 'nvidia-smi', facts: { cards: [card] } }]), key).components;
}
const ofKind = (components: ReturnType<typeof hostWith>, kind: string) =>
  components.filter((component) => component.kind === kind).map(({ hash }) => hash);

describe('the ids of a GPU that is split', () => {
  const [one, two] = [hostWith(true, 'GPU-parent', 'MIG-one'), hostWith(true, 'GPU-parent', 'MIG-two')];

  it('are claimed by none of the hosts that have its slices, and still tell that it is one GPU', () => {
    for (const kind of ['gpu-uuid', 'gpu-serial'])
      expect(ofKind(one, kind).filter((hash) => ofKind(two, kind).includes(hash))).toEqual([]);
    expect(ofKind(one, 'gpu-parent')).toEqual(ofKind(two, 'gpu-parent'));
    expect(ofKind(one, 'gpu-parent')).toHaveLength(2);
  });

  it("leave a slice its own id, and a whole card all of its card's", () => {
    expect(ofKind(one, 'gpu-uuid')).toHaveLength(1);
    const whole = hostWith(false, 'GPU-parent');
    expect(whole.map(({ kind }) => kind).sort()).toEqual(['gpu-serial', 'gpu-uuid']);
  });
});
