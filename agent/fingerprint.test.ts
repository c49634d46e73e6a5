import { expect, it } from 'vitest';
import { componentHash } from '../protocol/fingerprint.js';
import { fingerprintLines, readFingerprint, shownReport } from './fingerprint.js';
import { mergeFacts } from './hardware/merge.js';
import { TestVerifier } from './testing/test-verifier.js';

const key = new Uint8Array(32).fill(3);
const report = mergeFacts(
  [
    {
      name: 'nvidia-smi',
      facts: {
        cards: [{ name: 'Tesla T4', ids: [{ kind: 'gpu-uuid', value: 'GPU-d37e67a5' }] }],
        ids: [{ kind: 'machine-id', value: '0123456789abcdef' }],
      },
    },
  ],
  ['dmi: permission denied'],
);

it('shows a supplier everything that is sent', () => {
  const text = fingerprintLines(shownReport(report, key)).join('\n');
  expect(text).toContain('name: Tesla T4');
  expect(text).toContain('dmi: permission denied');
  expect(text).toMatch(new RegExp(`card 0 +gpu-uuid +${componentHash(key, 'gpu-uuid', 'GPU-d37e67a5')}`));
  expect(text).not.toContain('d37e67a5');
});

it('shows of what hashes are sent where the key is not known, and why it is not', () => {
  const shown = shownReport(report, 'Nobody answers.');
  const text = fingerprintLines(shown).join('\n');
  expect(text).toMatch(/card 0 +gpu-uuid +\(hash\)\n +host +machine-id +\(hash\)/);
  expect(text).toContain('Nobody answers.');
  expect(shown.report.components).toEqual([
    { kind: 'gpu-uuid', card: 0, hash: null },
    { kind: 'machine-id', card: null, hash: null },
  ]);
  expect(text).not.toMatch(/[0-9a-f]{64}/);
});

it("is made with the network's key, of this machine, or without one where nobody answers", async () => {
  const verifier = new TestVerifier();
  verifier.fingerprintKey = '5e'.repeat(32);
  const url = await verifier.listen();
  const { noKey, report: sent } = await readFingerprint(url);
  expect(noKey).toBeNull();
  for (const { hash } of sent.components) expect(hash).toMatch(/^[0-9a-f]{64}$/);
  verifier.fingerprintKey = undefined;
  expect((await readFingerprint(url)).noKey).toContain('takes no reports yet');
  await verifier.close();
  const alone = await readFingerprint(url);
  expect(alone.noKey).toContain('No answer from');
  expect(alone.report.host).toEqual(sent.host);
  expect(alone.report.components.map(({ kind }) => kind)).toEqual(sent.components.map(({ kind }) => kind));
});
