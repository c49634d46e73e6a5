import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findTarget, isPublic } from './target.js';

const rules = (...addresses: string[]) => ({
  allowPrivate: false,
  resolve: async () => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
});
const refused = { code: 'webhook.target-refused' };

describe('the address of a webhook', () => {
  it('is a public one that was looked up once', async () => {
    const target = await findTarget(
      'https://hooks.example.com/x?y=1',
      rules('93.184.216.34', '2606:2800::1'),
    );
    expect(target).toMatchObject({ address: '93.184.216.34', family: 4 });
    expect(target.url.href).toBe('https://hooks.example.com/x?y=1');
  });

  it.each([
    'http://hooks.example.com/',
    'ftp://hooks.example.com/',
    'file:///etc/passwd',
    'https://user:password@hooks.example.com/',
    'no url',
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://[::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://169.254.169.254/latest/meta-data/',
    'https://hooks.example.com:22/',
    'https://hooks.example.com:0/',
    'https://127。0。0。1/',
    'https://①②⑦.1/',
    'https://public.example.com@127.0.0.1/',
    'https://127.0.0.1#@public.example.com/',
    'https://127.0.0.1\\@public.example.com/',
    'https://[::127.0.0.1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://[fe80::1%25eth0]/',
    'https://017700000001/',
  ])('is not %s', async (url) => {
    await expect(
      findTarget(url, { allowPrivate: false, resolve: rules('93.184.216.34').resolve }),
    ).rejects.toMatchObject(refused);
  });

  it.each(['https://hooks.example.com:443/', 'https://hooks.example.com:8443/'])(
    'may have the port of %s',
    async (url) => {
      await expect(findTarget(url, rules('93.184.216.34'))).resolves.toMatchObject({ family: 4 });
    },
  );

  it('is not looked up in the files of this machine, which know its private names', async () => {
    await expect(findTarget('https://localhost/', { allowPrivate: false })).rejects.toMatchObject(refused);
  });

  it('has no private one beside a public one', async () => {
    await expect(
      findTarget('https://rebind.example.com/', rules('93.184.216.34', '10.0.0.1')),
    ).rejects.toMatchObject(refused);
    await expect(findTarget('https://nowhere.example.com/', rules())).rejects.toMatchObject(refused);
  });

  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '192.168.1.1',
    '192.0.2.1',
    '198.18.0.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:192.168.0.1',
    '::192.168.0.1',
    '64:ff9b::a00:1',
    '64:ff9b:1::a00:1',
    '100::1',
    '2001::1',
    '2001:db8::1',
    '2002:a00:1::1',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fec0::1',
    'ff02::1',
    'no address',
  ])('never is %s', (address) => expect(isPublic(address)).toBe(false));

  it.each(['1.1.1.1', '93.184.216.34', '2606:4700::1111', '::ffff:1.1.1.1'])('may be %s', (address) =>
    expect(isPublic(address)).toBe(true),
  );

  it('is not within 10.0.0.0/8, however it is written', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 24 - 1), (rest) => {
        const [b, c, d] = [rest >> 16, (rest >> 8) & 255, rest & 255];
        expect(isPublic(`10.${b}.${c}.${d}`)).toBe(false);
        expect(isPublic(`::ffff:10.${b}.${c}.${d}`)).toBe(false);
        expect(isPublic(`64:ff9b::10.${b}.${c}.${d}`)).toBe(false);
      }),
    );
  });
});
