import { describe, expect, it } from 'vitest';
import { softwareVulkan } from './software-vulkan.js';

const driver = '/usr/lib/chromium/vk_swiftshader_icd.json';
const having = (...paths: string[]) => softwareVulkan({}, (path) => paths.includes(path));

describe('software Vulkan', () => {
  it('is left alone where there is none', () => {
    expect(having()).toEqual({});
    expect(having('/usr/lib/x86_64-linux-gnu/libvulkan.so.1')).toEqual({});
  });

  it('is named to the system loader where there is one', () => {
    expect(having(driver, '/usr/lib/x86_64-linux-gnu/libvulkan.so.1')).toEqual({ VK_ICD_FILENAMES: driver });
  });

  it('comes with chromium’s own loader where the system has none, without hiding other libraries', () => {
    const exists = (path: string) => [driver, '/usr/lib/chromium/libvulkan.so.1'].includes(path);
    expect(softwareVulkan({ LD_LIBRARY_PATH: '/opt/lib' }, exists)).toEqual({
      VK_ICD_FILENAMES: driver,
      LD_LIBRARY_PATH: '/usr/lib/chromium:/opt/lib',
    });
  });
});
