import type { RequestOptions } from 'node:https'
import type { KubeConfig } from '@kubernetes/client-node'
import { Agent, type Dispatcher } from 'undici'

/**
 * A pool of HTTP/1.1 connections to the API server with the TLS settings of a KubeConfig. By default requests and
 * watches share one HTTP/2 connection: when the server is killed, all of them hang on it, and the error of the idle
 * session reaches nobody who could handle it. A cluster behind a proxy keeps the pool that client-node makes.
 */
export async function poolOf(config: KubeConfig, fromClient: Dispatcher | undefined): Promise<Dispatcher | undefined> {
  if (config.getCurrentCluster()?.proxyUrl !== undefined) return fromClient
  const options: RequestOptions = {}
  await config.applyToHTTPSOptions(options)
  const { ca, cert, key, passphrase, pfx, rejectUnauthorized, servername } = options
  const tls = { ca, cert, key, passphrase, pfx, rejectUnauthorized, servername }
  const given = Object.fromEntries(Object.entries(tls).filter(([, value]) => value !== undefined))
  return new Agent({ allowH2: false, connect: given })
}
