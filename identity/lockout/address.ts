import ipaddr from 'ipaddr.js'

const NETWORK_BYTES = 8

/** What stands for a client in the address rule: an IPv4 address, or the /64 network of an IPv6 address (RFC 6177). */
export function addressGroup(ip: string): string {
  const address = ipaddr.process(ip)
  if (address.kind() === 'ipv4') return address.toString()
  const bytes = address.toByteArray()
  const network = bytes.map((byte, i) => (i < NETWORK_BYTES ? byte : 0))
  return `${ipaddr.fromByteArray(network).toString()}/64`
}
