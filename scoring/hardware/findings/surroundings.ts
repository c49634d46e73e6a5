import type { Finding } from '../../../protocol/messages/hardware.js';
import { finding } from '../finding.js';
import type { ReadReport } from '../view.js';

/** What a supplier may wonder about, and need not. */
export function surroundings({ host, unread }: Pick<ReadReport, 'host' | 'unread'>): Finding[] {
  const found: Finding[] = [];
  if (host.wsl) found.push(finding('hardware.wsl', 'note', null));
  else if (host.hypervisor !== null)
    found.push(finding('hardware.virtual-machine', 'note', null, { hypervisor: host.hypervisor }));
  if (host.container !== null)
    found.push(finding('hardware.container', 'note', null, { container: host.container }));
  if (unread.length > 0)
    found.push(
      finding('hardware.unread', 'note', null, { source: unread[0] ?? null, sources: unread.length }),
    );
  return found;
}
