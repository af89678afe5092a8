import { once } from 'node:events'
import { type Command, InvalidArgumentError, Option } from 'commander'
import ipaddr from 'ipaddr.js'
import { openTracing } from '../identity/platform/telemetry/tracing.ts'
import type { Service, ServiceOptions } from '../identity/service.ts'
import type { Run } from './run.ts'

/** How an identity runtime is served, whichever command serves it. */
export interface ServingOptions {
  readonly host: string
  readonly port: number
  readonly adminHost: string
  readonly publicUrl?: string
  readonly trustedProxies?: readonly string[]
  readonly drainSeconds: number
  readonly breachedPasswords?: string
}

const LONGEST_DRAIN = 3600

const BREACHED = new Option(
  '--breached-passwords <path>',
  'list of breached passwords, for policies that refuse them: a folder of prefix ranges, or one sorted file',
).env('PLUMBLINE_BREACHED_PASSWORDS')

/** Adds the options of `ServingOptions`. */
export function ofServing(command: Command): Command {
  return command
    .option('--host <address>', 'address of the identity runtime', '127.0.0.1')
    .option('--port <number>', 'port of the identity runtime; 0 takes a free one', portOf, 8470)
    .option('--admin-host <address>', 'address of metrics and probes', '127.0.0.1')
    .option('--public-url <url>', 'origin under which people reach it, e.g. https://login.example.com')
    .option('--trusted-proxies <list>', 'networks whose X-Forwarded-For is believed, e.g. 10.0.0.0/8,::1', networksOf)
    .option('--drain-seconds <number>', 'how long SIGTERM lets requests come in before the end', secondsOf, 5)
    .addOption(BREACHED)
}

export function portOf(text: string): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new InvalidArgumentError('A port is 0 to 65535.')
  return port
}

function secondsOf(text: string): number {
  const seconds = Number(text)
  if (!(seconds >= 0 && seconds <= LONGEST_DRAIN))
    throw new InvalidArgumentError(`It is a number of seconds, at most ${LONGEST_DRAIN}.`)
  return seconds
}

function networksOf(text: string): readonly string[] {
  const networks = text.split(',').map((part) => part.trim())
  const wrong = networks.find((network) => !ipaddr.isValid(network) && !ipaddr.isValidCIDR(network))
  if (wrong !== undefined)
    throw new InvalidArgumentError(`'${wrong}' is neither an address nor a network like 10.0.0.0/8.`)
  return networks
}

type Places = Pick<ServiceOptions, 'store' | 'dataFolder'>

/** Opens the runtime and listens; returns its URL as well. Throws as `openService` and `listen` do. */
export async function openServing(
  { terminal }: Run,
  places: Places,
  { host, port, publicUrl, trustedProxies = [], breachedPasswords }: ServingOptions,
): Promise<{ readonly service: Service; readonly url: string }> {
  const tracing = await openTracing(process.env)
  const named = {
    ...(tracing === undefined ? {} : { tracing }),
    ...(publicUrl === undefined ? {} : { publicUrl }),
    ...(breachedPasswords === undefined ? {} : { breachedPasswords }),
  }
  // A controller that serves nothing does without the code, and the memory, of the runtime.
  const { openService } = await import('../identity/service.ts')
  const { serviceSettings } = await import('../identity/environment.ts')
  const service = await openService({
    ...serviceSettings(process.env),
    ...places,
    ...named,
    trustedProxies,
    log: !terminal.quiet,
  })
  try {
    return { service, url: await service.listen({ host, port }) }
  } catch (error) {
    await service.close()
    throw error
  }
}

/**
 * Waits for the signal to stop. SIGTERM comes from who replaces the process: whatever is on its way is then served for
 * `drainSeconds` more. Ctrl-C ends the wait at once. The caller closes the service.
 */
export async function serveUntilStopped(
  { signal }: Run,
  service: Service,
  { drainSeconds }: ServingOptions,
): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort')
  await service.drain((signal.reason as Error).message === 'SIGTERM' ? drainSeconds : 0)
}
