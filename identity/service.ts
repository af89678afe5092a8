import type { AddressInfo } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import type { Registry } from 'prom-client'
import { PlumblineError } from '../config/errors.ts'
import { assemble, type OutsideWorld } from './assemble.ts'
import type { Deps } from './deps.ts'
import { openAdminKey, openMasterKey } from './directory/data-folder.ts'
import { openBreachedPasswords } from './factors/password/breached.ts'
import { MODULES } from './modules.ts'
import type { EarlierSystem } from './platform/earlier-system.ts'
import { buildApp } from './platform/http/app.ts'
import { httpOrigin, UNREACHED } from './platform/http/public-url.ts'
import { startSweeper } from './platform/jobs/sweeper.ts'
import { countMails } from './platform/mail/outbox.ts'
import { DEFAULT_MAIL, type MailSettings } from './platform/mail/settings.ts'
import { RuntimeMetrics } from './platform/telemetry/metrics.ts'
import { watchedStore } from './platform/telemetry/store.ts'
import type { Tracing } from './platform/telemetry/tracing.ts'
import { openStore, type StoreLocation } from './store/open.ts'

export interface ServiceOptions {
  readonly store: StoreLocation
  /** Folder of `master.key` and `admin.key`; made when missing. */
  readonly dataFolder: string
  readonly now?: () => Date
  /** Origin under which the service is reached from outside (https://login.example.com); default: the address it listens on. */
  readonly publicUrl?: string
  /** List of breached passwords: a folder of prefix ranges or one sorted file; see `openBreachedPasswords`. */
  readonly breachedPasswords?: string
  /** Addresses and networks (CIDR) of proxies whose `X-Forwarded-For` is believed; default: nobody's. */
  readonly trustedProxies?: readonly string[]
  /** Networks (CIDR) that are not public and may be reached all the same; default: none. */
  readonly outboundNetworks?: readonly string[]
  /** A stand-in for the world outside; default: the world, under guard. */
  readonly outside?: OutsideWorld
  /** The administrator key to have; default: one is made on the first start. */
  readonly adminKey?: string
  /** How messages are sent; default: they stay in the development outbox. */
  readonly mail?: MailSettings
  /** From which people move here; default: from none. */
  readonly earlierSystem?: EarlierSystem
  /** Address of BankID's own API; default: its production. */
  readonly bankIdUrl?: string
  /** Writes one JSON line per request to standard error. */
  readonly log?: boolean
  /** Ends with the service. */
  readonly tracing?: Tracing
}

export interface Service {
  readonly app: FastifyInstance
  readonly deps: Deps
  readonly metrics: Registry
  /** The administrator key, on the very first start only: show it once. Later it is in `<dataFolder>/admin.key` alone. */
  readonly createdAdminKey?: string
  /** Serves HTTP; returns the base URL. Port 0 takes a free one. Throws IO when the address cannot be used. */
  listen(address: { readonly host: string; readonly port: number }): Promise<string>
  /** Whether new requests should come here: the store answers, and no stop has begun. */
  ready(): Promise<boolean>
  /**
   * Begins a stop: the service is not ready any more, and serves what comes for `seconds` more while every answer ends its connection, so
   * that whoever sends requests has time to go elsewhere. `close` comes next.
   */
  drain(seconds: number): Promise<void>
  /** Ends open requests, then closes the store. */
  close(): Promise<void>
}

/** Opens the identity runtime: store, keys, HTTP application and the sweeper of expired documents. Throws IO, UNAVAILABLE, REFUSED. */
export async function openService(options: ServiceOptions): Promise<Service> {
  const now = options.now ?? (() => new Date())
  const metrics = new RuntimeMetrics()
  const { tracing } = options
  const watchers = [timed(metrics), ...(tracing ? [tracing.watchStore] : [])]
  const store = watchedStore(await openStore(options.store, now), watchers)
  try {
    const masterKey = await openMasterKey(options.dataFolder, store)
    const { created } = await openAdminKey(options.dataFolder, store, options.adminKey)
    const state: State = {
      url: options.publicUrl === undefined ? undefined : httpOrigin(options.publicUrl),
      draining: false,
    }
    const { breachedPasswords: path } = options
    const list = path === undefined ? {} : { breachedPasswords: await openBreachedPasswords(path) }
    const publicUrl = () => state.url ?? UNREACHED
    const { outboundNetworks = [], outside, mail = DEFAULT_MAIL, earlierSystem, bankIdUrl } = options
    const told = {
      outboundNetworks,
      outside,
      mail,
      ...list,
      ...(earlierSystem && { earlierSystem }),
      ...(bankIdUrl !== undefined && { bankIdUrl }),
      ...(tracing && { tracing }),
    }
    const deps = assemble({ store, now, masterKey, metrics, publicUrl, ...told })
    const { log = false, trustedProxies = [] } = options
    const app = await buildApp(deps, { modules: MODULES, log, trustedProxies, draining: () => state.draining })
    metrics.watch({
      mailsWaiting: () => countMails(deps),
      expiredRows: () => store.countExpired(),
      providers: async () => deps.providers.size,
    })
    return { ...serviceOf(app, deps, state), metrics: metrics.registry, ...(created && { createdAdminKey: created }) }
  } catch (error) {
    await store.close()
    throw error
  }
}

interface State {
  /** Where the service is reached; the first address that it listens on, unless it was configured. */
  url: string | undefined
  draining: boolean
}

function serviceOf(app: FastifyInstance, deps: Deps, state: State): Omit<Service, 'metrics'> {
  const sweeper = startSweeper(deps, (error) => app.log.error({ err: error }, 'the sweep of expired documents failed'))
  return {
    app,
    deps,
    listen: async (address) => {
      const url = await listen(app, address)
      state.url ??= url
      return url
    },
    ready: async () => !state.draining && (await answers(deps)),
    drain: async (seconds) => {
      state.draining = true
      await setTimeout(seconds * 1000)
    },
    close: async () => {
      await sweeper.stop()
      await app.close()
      await deps.store.close()
      await deps.tracing?.stop()
    },
  }
}

const answers = ({ store }: Pick<Deps, 'store'>): Promise<boolean> =>
  store.ping().then(
    () => true,
    () => false,
  )

const timed = (metrics: RuntimeMetrics) => (operation: string) => {
  const start = performance.now()
  return () => metrics.stored(operation, (performance.now() - start) / 1000)
}

async function listen(app: FastifyInstance, { host, port }: { host: string; port: number }): Promise<string> {
  try {
    await app.listen({ host, port })
  } catch (cause) {
    throw new PlumblineError('IO', `cannot listen on ${host}:${port}: ${(cause as Error).message}`, { cause })
  }
  const { port: taken } = app.server.address() as AddressInfo
  return `http://${host.includes(':') ? `[${host}]` : host}:${taken}`
}
