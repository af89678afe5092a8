import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openOutsideFetch } from '../../../identity/platform/http/outside.ts'
import { isPublicAddress } from '../../../identity/platform/http/public-address.ts'

const reach = openOutsideFetch([])

/** A host of each IPv4 network that is not the public Internet (IANA IPv4 Special-Purpose Address Registry). */
const INNER = {
  'this network': '0.1.2.3',
  'private, 10/8': '10.20.30.40',
  'carrier-grade NAT': '100.64.0.1',
  'Alibaba metadata': '100.100.100.200',
  loopback: '127.0.0.1',
  'cloud metadata': '169.254.169.254',
  'Azure wire server': '168.63.129.16',
  'private, 172.16/12': '172.31.255.254',
  'protocol assignments': '192.0.0.8',
  'Oracle metadata': '192.0.0.192',
  documentation: '192.0.2.1',
  '6to4 relay': '192.88.99.1',
  'private, 192.168/16': '192.168.1.1',
  benchmarks: '198.19.255.254',
  multicast: '224.0.0.1',
  reserved: '240.0.0.1',
  broadcast: '255.255.255.255',
}

const bytesOf = (address: string) => address.split('.').map(Number)
const numberOf = (address: string) => bytesOf(address).reduce((sum, byte) => sum * 256 + byte, 0)
const groupsOf = (address: string) => {
  const [a = 0, b = 0, c = 0, d = 0] = bytesOf(address)
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`
}
const flipped = (address: string) =>
  groupsOf(
    bytesOf(address)
      .map((byte) => 255 - byte)
      .join('.'),
  )

/** How one IPv4 address can be written as the host of a URL. */
const SPELLINGS: Readonly<Record<string, (address: string) => string>> = {
  dotted: (a) => a,
  'with a trailing dot': (a) => `${a}.`,
  decimal: (a) => String(numberOf(a)),
  hexadecimal: (a) => `0x${numberOf(a).toString(16)}`,
  octal: (a) => `0${numberOf(a).toString(8)}`,
  'octal bytes': (a) =>
    bytesOf(a)
      .map((byte) => `0${byte.toString(8)}`)
      .join('.'),
  'mixed bytes': (a) =>
    bytesOf(a)
      .map((byte, i) => (i % 2 ? `0x${byte.toString(16)}` : byte))
      .join('.'),
  'two parts': (a) => `${bytesOf(a)[0]}.${numberOf(a) % 2 ** 24}`,
  'full-width digits': (a) => a.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
  'ideographic full stops': (a) => a.replaceAll('.', '。'),
  'percent-encoded': (a) => a.replaceAll('.', '%2e'),
  'IPv4-mapped': (a) => `[::ffff:${a}]`,
  'IPv4-mapped in groups': (a) => `[0:0:0:0:0:FFFF:${groupsOf(a)}]`,
  'IPv4-compatible': (a) => `[::${a}]`,
  'IPv4-translated': (a) => `[::ffff:0:${a}]`,
  NAT64: (a) => `[64:ff9b::${a}]`,
  'local NAT64': (a) => `[64:ff9b:1::${a}]`,
  '6to4': (a) => `[2002:${groupsOf(a)}::1]`,
  Teredo: (a) => `[2001:0:5db8:d822:0:0:${flipped(a)}]`,
  ISATAP: (a) => `[2606:4700::5efe:${a}]`,
}

/** Hosts of IPv6 networks that are not the public Internet (IANA IPv6 Special-Purpose Address Registry). */
const INNER_IPV6 = [
  '[::]',
  '[::1]',
  '[0:0:0:0:0:0:0:1]',
  '[100::1]',
  '[100:0:0:1::1]',
  '[2001:2::1]',
  '[2001:10::1]',
  '[2001:20::1]',
  '[2001:db8::1]',
  '[3fff::1]',
  '[4000::1]',
  '[5f00::1]',
  '[200::1]',
  '[fc00::1]',
  '[fd00:ec2::254]',
  '[fd20:ce::254]',
  '[fe80::1]',
  '[fe80::a9fe:a9fe]',
  '[fec0::1]',
  '[ff02::1]',
] // prettier-ignore

describe.each(Object.entries(INNER))('an address of the network "%s"', (_, address) => {
  it.each(Object.entries(SPELLINGS))('is not reached when it is written %s', async (_, written) => {
    const [host, plain] = [written(address), written('93.184.215.14')]
    // Neither is it refused as no URL at all: the same spelling of another address is one.
    expect(URL.canParse(`https://${plain}/`)).toBe(true)
    for (const scheme of ['http', 'https'])
      await expect(reach(`${scheme}://${host}/`)).rejects.toThrow('may not be reached')
  })
})

it.each(INNER_IPV6)('%s is not reached', async (host) => {
  await expect(reach(`https://${host}/`)).rejects.toThrow('may not be reached')
})

it.each(['localhost', 'LOCALHOST', 'ｌｏｃａｌｈｏｓｔ', 'loc\u00adalhost'])(
  'the name %s is not reached',
  async (host) => {
    await expect(reach(`https://${host}/`)).rejects.toMatchObject({
      cause: { message: 'localhost may not be reached' },
    })
  },
)

describe('whether an address is public', () => {
  it.each(['93.184.215.14', '8.8.8.8', '::ffff:8.8.8.8', '2606:4700:4700::1111', '2001:4860:4860::8888'])(
    '%s is',
    (address) => expect(isPublicAddress(address)).toBe(true),
  )

  it.each(['', 'localhost', '8.8.8', '8.8.8.8.8', 'fe80::1%eth0', ':::', '1.2.3.4/32'])('%s is not', (address) =>
    expect(isPublicAddress(address)).toBe(false),
  )

  it('is never said of an IPv6 address that carries one of IPv4, but of one that is mapped', () => {
    const carrying = Object.entries(SPELLINGS).filter(
      ([name, to]) => to('1.2.3.4').startsWith('[') && !name.startsWith('IPv4-mapped'),
    )
    fc.assert(
      fc.property(
        fc.ipV4(),
        fc.constantFrom(...carrying),
        (address, [, to]) => !isPublicAddress(to(address).slice(1, -1)),
      ),
    )
  })

  it('is said of a mapped address as of the address itself', () => {
    fc.assert(fc.property(fc.ipV4(), (address) => isPublicAddress(`::ffff:${address}`) === isPublicAddress(address)))
  })
})
