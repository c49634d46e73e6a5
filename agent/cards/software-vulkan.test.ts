import { describe, expect, it } from 'vitest';
import { findDawnCards } from './dawn.js';
import { findCandidates } from './find.js';
import { findSoftwareDevice } from './software-vulkan.js';

// SwiftShader, which the tests bring on Linux.
describe.runIf(process.platform === 'linux')('software Vulkan', () => {
  it('is found by Dawn in a process of its own, with what makes a process see it alone', async () => {
    const device = await findSoftwareDevice([]);
    expect(device?.card).toMatchObject({ kind: 'software', chosen: true });
    expect((await findDawnCards(device?.env)).map((card) => card.kind)).toEqual(['software']);
  });

  it('is no card of the machine unless it is allowed', async () => {
    const kinds = async (allowSoftware: boolean): Promise<string[]> =>
      (await findCandidates({ allowSoftware })).map(({ card }) => card.kind);
    expect(await kinds(false)).not.toContain('software');
    expect((await kinds(true)).slice(-2)).toEqual(['cpu', 'software']);
  });

  it('leaves a machine with a broken driver file without it, not without an answer', async () => {
    expect(await findDawnCards({ VK_ICD_FILENAMES: '/nonexistent.json' })).toEqual([]);
  });
});
