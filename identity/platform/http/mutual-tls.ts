import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { request as httpsRequest, type RequestOptions } from 'node:https'
import { isIP } from 'node:net'
import { text } from 'node:stream/consumers'
import type { PeerCertificate } from 'node:tls'
import type { OutsideHosts } from './outside.ts'

const MILLISECONDS = 5000

/** Who calls, and whom: certificates in PEM form. */
export interface MutualTls {
  readonly privateKey: string
  readonly certificate: string
  /** The one certificate that the other side may show; else one for its name that the authority has signed. */
  readonly server?: string | undefined
  /** Certificate of the only authority that is trusted; else those of the system. */
  readonly authority?: string | undefined
}

interface Message {
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

/** As `postMutual` does, with the guard chosen. */
export type PostMutual = (
  address: string,
  tls: MutualTls,
  message: Message,
) => Promise<{ readonly status: number; readonly body: string }>

/**
 * Posts a text over TLS in which both sides show certificates, under the same guard as other calls to the outside. Throws a TypeError when it
 * does not go through, as `fetch` does, also for another certificate than the one that is expected.
 */
export async function postMutual(
  { allows, lookup }: OutsideHosts,
  address: string,
  tls: MutualTls,
  { body, headers }: Message,
): Promise<{ readonly status: number; readonly body: string }> {
  const url = new URL(address)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (url.protocol !== 'https:' || !allows(host)) throw new TypeError(`${host} may not be reached`)
  const options: RequestOptions & { readonly allowPartialTrustChain?: boolean } = {
    method: 'POST',
    headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
    signal: AbortSignal.timeout(MILLISECONDS),
    lookup,
    agent: false,
    key: tls.privateKey,
    cert: tls.certificate,
    servername: isIP(host) === 0 ? host : '',
    ...(tls.authority === undefined ? {} : { ca: tls.authority }),
    ...(tls.server === undefined ? {} : pinned(tls.server)),
  }
  try {
    const request = httpsRequest(url, options)
    const answered = once(request, 'response')
    request.end(body)
    const [response] = await answered
    return { status: response.statusCode, body: await text(response) }
  } catch (cause) {
    throw new TypeError(`${host} did not answer`, { cause })
  }
}

/** That certificate and no other one, whoever has signed it and for whatever name. */
function pinned(certificate: string) {
  const expected = new X509Certificate(certificate).raw
  return {
    ca: certificate,
    allowPartialTrustChain: true,
    checkServerIdentity: (_host: string, { raw }: PeerCertificate) =>
      expected.equals(raw) ? undefined : new Error('the other side shows another certificate'),
  }
}
