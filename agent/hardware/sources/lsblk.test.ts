import { describe, expect, it } from 'vitest';
import { read, valuesOf } from '../testing/host-sources.js';
import { lsblk } from './lsblk.js';

const idsOf = (...blockdevices: object[]) =>
  valuesOf(
    lsblk.parse(
      JSON.stringify({
        blockdevices: blockdevices.map((disk) => ({ name: 'sda', type: 'disk', size: 1e12, ...disk })),
      }),
    ),
    'disk',
  );

describe('disks', () => {
  it('are those that are built in, by their world-wide names', () => {
    const facts = read('bare-metal', lsblk);
    expect(facts?.host?.disks).toEqual([
      { model: 'SAMSUNG MZ7L33T8HBLT-00A07', gigabytes: 3840 },
      { model: 'KIOXIA KCD81RUG7T68', gigabytes: 7681 },
      { model: 'KIOXIA KCD81RUG7T68', gigabytes: 7681 },
    ]);
    expect(valuesOf(facts, 'disk')).toEqual(['5002538f43b1a2c7', '8ce38ee3024a1c01', '8ce38ee3024a1d01']);
  });

  it('of a cloud are known by their serials where the kernel made their names up', () => {
    expect(valuesOf(read('ec2', lsblk), 'disk')).toEqual(['vol0f6a1b2c3d4e5f607', 'AWS2A9F4E1B7C8D0E6F1']);
  });

  it('whose serial is the same on all guests identify nobody', () => {
    expect(valuesOf(read('passthrough-vm', lsblk), 'disk')).toEqual(['7f1c0a52-3b7e-4c1a-9']);
    expect(idsOf({ serial: 'drive-scsi1' }, { serial: 'QM00001' }, { serial: '0001' })).toEqual([]);
    expect(idsOf({ model: 'PersistentDisk', serial: 'instance-1' })).toEqual([]);
    expect(idsOf({ model: 'WDC WD40', serial: 'instance-1' })).toEqual(['instance-1']);
  });

  it('with blanked names identify nobody', () => {
    expect(read('placeholders', lsblk)).toEqual({
      host: { disks: [{ model: 'Generic SSD', gigabytes: 480 }] },
      ids: [],
    });
  });

  it('have the same ids in the list of links', () => {
    const links = `total 0
lrwxrwxrwx 1 root root  9 Mar  1 10:00 ata-SAMSUNG_MZ7L33T8HBLT-00A07_S6ESNS0W412907 -> ../../sda
lrwxrwxrwx 1 root root 10 Mar  1 10:00 wwn-0x5002538f43b1a2c7-part1 -> ../../sda1
lrwxrwxrwx 1 root root  9 Mar  1 10:00 wwn-0x5002538f43b1a2c7 -> ../../sda
lrwxrwxrwx 1 root root 13 Mar  1 10:00 nvme-eui.8ce38ee3024a1c01 -> ../../nvme0n1
`;
    const ids = ['5002538f43b1a2c7', '8ce38ee3024a1c01'];
    expect(valuesOf(lsblk.parse(links), 'disk')).toEqual(ids);
    expect(valuesOf(lsblk.parse('nvme-eui.8ce38ee3024a1c01\nwwn-0x5002538f43b1a2c7\n'), 'disk')).toEqual(
      ids.toReversed(),
    );
  });
});
