import { describe, expect, it } from 'vitest';
import { read, valuesOf } from '../testing/host-sources.js';
import { dmi } from './dmi.js';

const files = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([name, value]) => `==> /sys/class/dmi/id/${name} <==\n${value}\n`)
    .join('');

const hypervisorOf = (sys_vendor: string, product_name: string) =>
  dmi.parse(files({ sys_vendor, product_name }))?.host?.hypervisor;

describe('firmware', () => {
  it('names the machine, and identifies it by three values that stay out of what is shown', () => {
    const facts = read('bare-metal', dmi);
    expect(facts?.host).toEqual({ system: { vendor: 'Supermicro', product: 'AS -4125GS-TNRT' } });
    expect(facts?.ids).toEqual([
      { kind: 'system-uuid', value: '8f2c6a00-9b1d-11ed-8000-3cecefb27a54' },
      { kind: 'system-serial', value: 'E512344X3709142' },
      { kind: 'board-serial', value: 'WM23AS601187' },
    ]);
  });

  it('without names of its own is named by its board, and placeholders identify nobody', () => {
    expect(read('placeholders', dmi)).toEqual({
      host: { system: { vendor: 'ASRock', product: 'B550 Pro4' } },
      ids: [],
    });
  });

  it('says the same by dmidecode', () => {
    const printed = `System Information
\tManufacturer: Dell Inc.
\tProduct Name: PowerEdge XE9680
\tSerial Number: 4QK7XW3
\tUUID: 4C4C4544-0051-4B10-8037-B4C04F585733

Base Board Information
\tManufacturer: Dell Inc.
\tSerial Number: .4QK7XW3.CNFCP0037A00BX.

Base Board Information
\tSerial Number: SECOND-BOARD-1
`;
    const facts = dmi.parse(printed);
    expect(facts?.host).toEqual({ system: { vendor: 'Dell Inc.', product: 'PowerEdge XE9680' } });
    expect(facts?.ids?.map(({ kind }) => kind)).toEqual(['system-uuid', 'system-serial', 'board-serial']);
    expect(valuesOf(facts, 'board-serial')).toEqual(['.4QK7XW3.CNFCP0037A00BX.']);
  });

  it('that root alone may read is not there for others', () => {
    expect(dmi.parse(files({ sys_vendor: 'LENOVO', product_name: '30E0' }))?.ids).toEqual([]);
  });

  it.each([
    ['QEMU', 'Standard PC (Q35 + ICH9, 2009)', 'kvm'],
    ['Red Hat', 'KVM', 'kvm'],
    ['Google', 'Google Compute Engine', 'kvm'],
    ['Amazon EC2', 'g5.xlarge', 'nitro'],
    ['Xen', 'HVM domU', 'xen'],
    ['VMware, Inc.', 'VMware20,1', 'vmware'],
    ['innotek GmbH', 'VirtualBox', 'virtualbox'],
    ['Microsoft Corporation', 'Virtual Machine', 'hyper-v'],
    ['Parallels International GmbH.', 'Parallels ARM Virtual Machine', 'parallels'],
    ['OpenStack Foundation', 'OpenStack Nova', 'openstack'],
    ['Alibaba Cloud', 'Alibaba Cloud ECS', 'kvm'],
    ['Tencent Cloud', 'CVM', 'kvm'],
    ['Hetzner', 'vServer', 'kvm'],
    ['DigitalOcean', 'Droplet', 'kvm'],
    ['Vultr', 'VC2', 'kvm'],
  ])('of a guest by %s (%s) shows %s', (vendor, product, name) => {
    expect(hypervisorOf(vendor, product)).toBe(name);
  });

  it.each([
    ['Amazon EC2', 'i3.metal'],
    ['Amazon EC2', 'r8g.metal-24xl'],
    ['Alibaba', 'Alibaba Cloud ECS'],
    ['Microsoft Corporation', 'Surface Studio 2'],
    ['Oracle Corporation', 'ORACLE SERVER X9-2c'],
    ['Apple Inc.', 'MacPro7,1'],
    ['ASUS', 'System Product Name'],
  ])('of a whole machine by %s (%s) shows no hypervisor', (vendor, product) => {
    expect(hypervisorOf(vendor, product)).toBeUndefined();
  });

  it('of a cloud that gives one value as serial and UUID counts under both kinds', () => {
    expect(read('ec2', dmi)?.ids?.map(({ kind }) => kind)).toEqual(['system-uuid', 'system-serial']);
    expect(read('ec2', dmi)?.host?.system).toEqual({ vendor: 'Amazon EC2', product: 'g5.xlarge' });
  });
});
