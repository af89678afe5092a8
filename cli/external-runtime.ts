import { InvalidArgumentError } from 'commander'
import { EMBEDDED_BASE_URL } from '../reconciler/connections.ts'
import { type Send, sendOverNetwork } from '../reconciler/send.ts'

/** Reaches a runtime in another process: what Connections call `embedded` is there under this URL. */
export function externalRuntime(url: string): Send {
  const base = url.replace(/\/+$/, '')
  return (url, request) => sendOverNetwork(url.replace(EMBEDDED_BASE_URL, base), request)
}

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Option parser. Credentials travel there, so it is https, or http inside the cluster (`*.svc`) and on a loopback host. */
export function runtimeUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const mayBePlain = url !== undefined && (LOOPBACK.has(url.hostname) || /\.svc(\.|$)/.test(url.hostname))
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && mayBePlain)) return text
  throw new InvalidArgumentError(
    'Give an https:// URL; http:// is for a Service of the cluster (*.svc) or a loopback host.',
  )
}
