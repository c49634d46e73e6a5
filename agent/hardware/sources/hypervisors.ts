import { textOf } from './values.js';

/** The words of systemd-detect-virt, lscpu and `/sys/hypervisor/type`, and firmware's where they are the same: lower case. */
const names: Readonly<Record<string, string>> = {
  kvm: 'kvm',
  qemu: 'kvm',
  google: 'kvm',
  bochs: 'bochs',
  amazon: 'nitro',
  vmware: 'vmware',
  microsoft: 'hyper-v',
  'hyper-v': 'hyper-v',
  hyperv: 'hyper-v',
  'windows subsystem for linux': 'hyper-v',
  xen: 'xen',
  oracle: 'virtualbox',
  virtualbox: 'virtualbox',
  'innotek gmbh': 'virtualbox',
  parallels: 'parallels',
  bhyve: 'bhyve',
  apple: 'apple-virtualization',
  acrn: 'acrn',
  qnx: 'qnx',
  powervm: 'powervm',
  'ibm/z': 'zvm',
  zvm: 'zvm',
  jailhouse: 'jailhouse',
  uml: 'uml',
  'vm-other': 'hypervisor',
};

/** The name used here for what a tool calls a hypervisor; null for no or an unknown word. */
export function hypervisorOf(word: string | null | undefined): string | null {
  return textOf(word) === null ? null : (names[(word ?? '').trim().toLowerCase()] ?? null);
}

/** Who makes machines that are not there, and by which field of the firmware it shows. First that fits. */
const firmware: readonly (readonly [vendor: RegExp, product: RegExp, name: string])[] = [
  // `g5.xlarge` is a guest, `i3.metal` and `r8g.metal-24xl` are whole machines.
  [/^amazon ec2$/i, /\.metal(?:-\d+xl)?$/i, ''],
  [/^amazon ec2$/i, /./, 'nitro'],
  [/^microsoft corporation$/i, /^virtual machine$/i, 'hyper-v'],
  [/^vmware/i, /./, 'vmware'],
  [/^(?:innotek gmbh|oracle corporation)$/i, /^virtualbox$/i, 'virtualbox'],
  [/^xen$/i, /./, 'xen'],
  [/^parallels/i, /./, 'parallels'],
  [/^apple inc/i, /^apple virtualization/i, 'apple-virtualization'],
  [/^freebsd$|^bhyve$/i, /^bhyve$/i, 'bhyve'],
  [/^google$/i, /^google compute engine$/i, 'kvm'],
  // Their whole machines have the vendor `Alibaba`.
  [/^alibaba cloud$/i, /./, 'kvm'],
  [/^tencent cloud$/i, /^cvm$/i, 'kvm'],
  [/^digitalocean$/i, /^droplet/i, 'kvm'],
  [/^hetzner$/i, /^vserver$/i, 'kvm'],
  [/^vultr$/i, /./, 'kvm'],
  [/^nutanix$/i, /^ahv$/i, 'kvm'],
  [/^kubevirt$|^ovirt$/i, /./, 'kvm'],
  [/^red hat/i, /^(?:kvm|rhev|rhel|ovirt|openstack|kubevirt)/i, 'kvm'],
  [/^openstack/i, /./, 'openstack'],
  [/^qemu$|^bochs$/i, /./, 'kvm'],
  [/./, /^(?:kvm|standard pc \(|openstack (?:nova|compute)|kubevirt)/i, 'kvm'],
];

/** The hypervisor by which this vendor makes that product; null for real machines and unknown ones. */
export function hypervisorOfFirmware(vendor: string | null, product: string | null): string | null {
  const found = firmware.find(
    ([vendors, products]) => vendors.test(vendor ?? '?') && products.test(product ?? '?'),
  );
  return found?.[2] || null;
}
