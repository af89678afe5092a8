import { isIPv4, isIPv6 } from 'node:net'
import ipaddr from 'ipaddr.js'

type Address = ReturnType<typeof ipaddr.process>
export type Network = ReturnType<typeof ipaddr.parseCIDR>

/** Whether an address lies in a network; an IPv4 address that IPv6 wraps (`::ffff:`) counts as itself. */
export function liesIn(network: Network, address: string): boolean {
  const parsed = parsedOf(address)
  return parsed !== undefined && isIn(network, parsed)
}

/** All that IANA gives out for hosts of the Internet (RFC 4291, section 2.4); what else is unicast leads nowhere, or inwards. */
const GLOBAL_UNICAST = ['0.0.0.0/0', '2000::/3'].map((network) => ipaddr.parseCIDR(network))
/** Public by its number, and answered by the platform that a machine runs on: the wire server of Azure. */
const PLATFORM = ipaddr.parseCIDR('168.63.129.16/32')
/** Interface identifiers of ISATAP (RFC 5214, section 6.1): a tunnel to the IPv4 address behind them. */
const ISATAP: readonly string[] = ['0:5efe', '200:5efe']

/**
 * Whether an IP address (dotted or colon form) is a host of the public Internet. None is, too, what carries an IPv4 address along, whichever:
 * NAT64, 6to4, Teredo, ISATAP, IPv4-translated, IPv4-compatible. Nor is what is no address.
 */
export function isPublicAddress(address: string): boolean {
  const parsed = parsedOf(address)
  if (parsed === undefined || parsed.range() !== 'unicast' || isIn(PLATFORM, parsed)) return false
  return GLOBAL_UNICAST.some((network) => isIn(network, parsed)) && !isTunnel(parsed)
}

/** The library takes more texts for addresses than the system does, and `::8.8.8.8` for `::ffff:8.8.8.8`; the form of URLs knows no such text. */
function parsedOf(address: string): Address | undefined {
  if (isIPv4(address)) return ipaddr.process(address)
  const host = isIPv6(address) ? URL.parse(`http://[${address}]`)?.hostname : undefined
  return host === undefined ? undefined : ipaddr.process(host.slice(1, -1))
}

const isIn = ([network, bits]: Network, parsed: Address): boolean =>
  parsed.kind() === network.kind() && parsed.match(network, bits)

const isTunnel = (parsed: Address): boolean =>
  'parts' in parsed &&
  ISATAP.includes(
    parsed.parts
      .slice(4, 6)
      .map((part) => part.toString(16))
      .join(':'),
  )
