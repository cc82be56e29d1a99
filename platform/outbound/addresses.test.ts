import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isPublic } from './addresses.ts'
import { destinationOf } from './destination.ts'

const inside = [
  ...['127.0.0.1', '10.0.0.1', '172.16.5.4', '192.168.1.1', '169.254.169.254', '0.0.0.0', '0.1.2.3', '100.64.0.1'],
  ...['192.0.2.1', '198.18.0.1', '198.51.100.1', '203.0.113.1', '224.0.0.1', '240.0.0.1', '255.255.255.255'],
  ...['192.0.0.8', '192.88.99.1', '::1', '::', 'fe80::1', 'fe80::1%eth0', 'fec0::1', 'fc00::1', 'fd00:ec2::254'],
  ...['::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:0:127.0.0.1', '::127.0.0.1', '64:ff9b::7f00:1', '64:ff9b:1::a00:1'],
  ...[
    '2002:7f00:1::',
    '2001:0:0:0:0:0:80ff:fffe',
    '2001:20::1',
    '2001:db8::1',
    '3fff::1',
    '5f00::1',
    '100::1',
    'ff02::1',
  ],
]
const outside = ['1.1.1.1', '8.8.8.8', '172.32.0.1', '2606:4700:4700::1111', '::ffff:8.8.8.8']

describe('isPublic', () => {
  test.each(inside)('%s is not', (address) => expect(isPublic(address)).toBe(false))
  test.each(outside)('%s is', (address) => expect(isPublic(address)).toBe(true))
  test.each(['', 'localhost', '127.1', '1.1.1.1.1', '::g'])('%j, which is no address, is not', (text) => {
    expect(text === '127.1' || !isPublic(text)).toBe(true)
    expect(isPublic(text)).toBe(false)
  })

  test('no address of IPv4 becomes public by being written into one of IPv6', () => {
    const part = fc.integer({ min: 0, max: 255 })
    fc.assert(
      fc.property(fc.tuple(part, part, part, part), (parts) => {
        const plain = parts.join('.')
        const hex = parts.map((one) => one.toString(16).padStart(2, '0'))
        const [high, low] = [hex.slice(0, 2).join(''), hex.slice(2).join('')]
        expect(isPublic(`::ffff:${plain}`)).toBe(isPublic(plain))
        for (const carrier of [`64:ff9b::${high}:${low}`, `2002:${high}:${low}::1`, `2001:0:1:2:3:4:${high}:${low}`]) {
          expect(isPublic(carrier)).toBe(false)
        }
      }),
    )
  })
})

describe('destinationOf', () => {
  const rules = { allowedOrigins: new Set(['http://10.1.2.3:5000']), ports: new Set([80, 443]), isPublic }
  const failure = (url: string) => {
    try {
      return destinationOf(url, rules).isAllowed ? 'allowed' : 'passes'
    } catch (error) {
      return (error as { failure?: string }).failure
    }
  }
  const literals = [
    ...['2130706433', '0x7f000001', '0x7f.1', '0177.0.0.1', '017700000001', '127.1', '127.0.1', '0', '0x0', '00.0.0.0'],
    ...['127。0。0。1', '①②⑦.⓪.⓪.①', '１２７.0.0.1', '127.0.0.1.', '%31%32%37.0.0.1', '[::1]', '[::ffff:127.0.0.1]'],
    ...['[0:0:0:0:0:ffff:7f00:0001]', '[::]', '[64:ff9b::127.0.0.1]', '3232235777', '0xa9fea9fe', '169.254.43518'],
  ]
  test.each(literals)('http://%s/ is forbidden', (host) => expect(failure(`http://${host}/`)).toBe('forbidden'))
  test.each([
    ...['ftp://example.org/', 'file:///etc/passwd', 'javascript:alert(1)', 'data:text/html,x', 'gopher://example.org/'],
    ...[
      'http://user@example.org/',
      'https://:secret@example.org/',
      'http://example.org:22/',
      'https://example.org:8080/',
    ],
    ...['not a url', '//example.org/', 'http://', 'http://[::1', 'http://10.1.2.3:5001/', 'https://10.1.2.3:5000/'],
  ])('%s is forbidden', (url) => expect(failure(url)).toBe('forbidden'))
  test.each(['http://example.org', 'https://example.org/a?b#c', 'http://example.org:443/', 'http://8.8.8.8/'])(
    '%s passes until its name is looked up',
    (url) => expect(failure(url)).toBe('passes'),
  )
  test('an origin that the configuration names is not questioned', () => {
    expect(failure('http://10.1.2.3:5000/_matrix/push/v1/notify')).toBe('allowed')
    expect(failure('http://user@10.1.2.3:5000/')).toBe('forbidden')
  })
})
