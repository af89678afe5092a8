import { lookup as resolve } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'
import { Agent, fetch as undiciFetch } from 'undici'
import { PlumblineError } from '../../../config/errors.ts'
import { isPublicAddress, liesIn, type Network } from './public-address.ts'

const MILLISECONDS = 5000
const BYTES = 256 * 1024

/** As much of `fetch` as those need who call other sites. */
export type OutsideFetch = (input: string | URL, init?: object) => Promise<Response>

/** Networks in CIDR form, separated by commas, e.g. `10.0.0.0/8,fd00::/8`. Throws USAGE. */
export function networksIn(text: string): readonly string[] {
  const networks = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
  const wrong = networks.find((network) => !ipaddr.isValidCIDR(network))
  if (wrong !== undefined)
    throw new PlumblineError('USAGE', `'${wrong}' is not a network; write it like 10.0.0.0/8`, {
      help: 'PLUMBLINE_OUTBOUND_NETWORKS holds networks in CIDR form, separated by commas.',
    })
  return networks
}

/**
 * `fetch` for addresses that others name (a client's logout address, an issuer): over https to public addresses only, and to the networks of
 * the configuration, there over http, too. What a name resolves to is checked as the connection is made, so that it cannot change
 * in between. Answers up to 256 kB, within five seconds, redirects are not followed. Throws a TypeError when it does not go through.
 */
export const openOutsideFetch = (networks: readonly string[]): OutsideFetch =>
  guardedFetch(networks.map((network) => ipaddr.parseCIDR(network)))

type May = (address: string) => boolean

/** Which addresses may be reached: over TLS public ones, too, in plain text those in the networks of the configuration alone. */
function reachable(networks: readonly Network[]): { readonly secure: May; readonly plain: May } {
  const plain: May = (address) => networks.some((network) => liesIn(network, address))
  return { plain, secure: (address) => isPublicAddress(address) || plain(address) }
}

/** The same guard for connections by other protocols than HTTP. */
export interface OutsideHosts {
  /** For `net.connect`: what a name resolves to is checked as the connection is made. */
  readonly lookup: LookupFunction
  /** Literal addresses are not looked up. */
  readonly allows: (host: string) => boolean
}

/** `secure`: over TLS. */
export function openOutsideHosts(networks: readonly string[]): (secure: boolean) => OutsideHosts {
  const { secure, plain } = reachable(networks.map((network) => ipaddr.parseCIDR(network)))
  return (isSecure) => {
    const may = isSecure ? secure : plain
    return { lookup: lookupOf(may), allows: (host) => isIP(host) === 0 || may(host) }
  }
}

function guardedFetch(networks: readonly Network[]): OutsideFetch {
  const { secure, plain } = reachable(networks)
  const byProtocol: Readonly<Record<string, May>> = { 'https:': secure, 'http:': plain }
  const agents = Object.fromEntries(Object.entries(byProtocol).map(([protocol, may]) => [protocol, agentOf(may)]))
  return async (input, init) => {
    const { protocol, hostname } = new URL(input)
    const [may, dispatcher] = [byProtocol[protocol], agents[protocol]]
    const host = hostname.replace(/^\[|\]$/g, '')
    // Literal addresses are not resolved, so the agent does not see them.
    if (!may || !dispatcher || (isIP(host) !== 0 && !may(host))) throw new TypeError(`${hostname} may not be reached`)
    const signal = AbortSignal.timeout(MILLISECONDS)
    const options = { redirect: 'manual', ...init, signal, dispatcher } as Parameters<typeof undiciFetch>[1]
    // The same class by two names: that of the library, and that of the platform.
    return (await undiciFetch(input, options)) as unknown as Response
  }
}

const agentOf = (may: May): Agent =>
  new Agent({ maxResponseSize: BYTES, connect: { lookup: lookupOf(may), timeout: MILLISECONDS } })

/** A name counts only when all its addresses may be reached. */
const lookupOf =
  (may: May): LookupFunction =>
  (hostname, options, callback) =>
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses ?? []
      if (error || first === undefined) return callback(error ?? new TypeError(`${hostname} has no address`), [])
      if (!addresses.every(({ address }) => may(address)))
        return callback(new TypeError(`${hostname} may not be reached`), [])
      return options.all ? callback(null, addresses) : callback(null, first.address, first.family)
    })
