import { describe, expect, it } from 'vitest';
import { read } from '../testing/host-sources.js';
import { container } from './container.js';

const id = '6f0c1d2e3b4a5968'.repeat(4);
const kindOf = (text: string) => container.parse(text)?.host?.container;

describe('a container', () => {
  it('of Docker without a word in its groups is known by its mark', () => {
    expect(read('docker-nvidia', container)?.host).toEqual({ container: 'docker' });
  });

  it('of Kubernetes is known by its variable, whatever else runs it', () => {
    expect(read('kubernetes-hami', container)?.host).toEqual({ container: 'kubernetes' });
    expect(kindOf(`==> /.dockerenv <==\n==> variables <==\nKUBERNETES_SERVICE_HOST=10.0.0.1\n`)).toBe(
      'kubernetes',
    );
  });

  it.each([
    [`0::/system.slice/docker-${id}.scope`, 'docker'],
    [`12:pids:/docker/${id}`, 'docker'],
    [`0::/kubepods.slice/kubepods-burstable.slice/cri-containerd-${id}.scope`, 'kubernetes'],
    [`0::/machine.slice/libpod-${id}.scope/container`, 'podman'],
    ['0::/lxc.payload.worker/init.scope', 'lxc'],
    [`0::/default/${id}`, 'containerd'],
  ])('is known by its control group %s: %s', (row, kind) => {
    expect(kindOf(`${row}\n`)).toBe(kind);
  });

  it.each([
    '0::/system.slice/docker.service',
    '0::/system.slice/containerd.service',
    '0::/init.scope',
    '0::/',
  ])('is none for a process in %s', (row) => {
    expect(container.parse(`${row}\n`)).toEqual({ host: {} });
  });

  it('is known by what its runtime wrote down', () => {
    expect(kindOf('==> /run/systemd/container <==\nsystemd-nspawn\n')).toBe('systemd-nspawn');
    expect(kindOf('container=lxc\n')).toBe('lxc');
    expect(kindOf('==> /run/.containerenv <==\n==> variables <==\ncontainer=oci\n')).toBe('podman');
  });

  it('is none in WSL, and none on bare metal that runs containers', () => {
    expect(kindOf('container=wsl\n')).toBeUndefined();
    expect(read('bare-metal', container)).toEqual({ host: {} });
  });
});
