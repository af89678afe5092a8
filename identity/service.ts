import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { PlumblineError } from '../config/errors.ts'
import type { Deps } from './deps.ts'
import { buildApp } from './http/app.ts'
import { openAdminKey, openMasterKey } from './keys.ts'
import { MODULES } from './modules.ts'
import { originOf, UNREACHED } from './oidc/issuer.ts'
import { openBreachedPasswords } from './password/breached.ts'
import { openStore } from './store/open.ts'

const SWEEP_MILLISECONDS = 60_000

export interface ServiceOptions {
  /** A folder (SQLite) or a `postgres://` URL. */
  readonly store: string
  /** Folder of `master.key` and `admin.key`; made when missing. */
  readonly dataFolder: string
  readonly now?: () => Date
  /** Origin under which the service is reached from outside (https://login.example.com); default: the address it listens on. */
  readonly publicUrl?: string
  /** List of breached passwords: a folder of prefix ranges or one sorted file; see `openBreachedPasswords`. */
  readonly breachedPasswords?: string
  /** Writes one JSON line per request to standard error. */
  readonly log?: boolean
}

export interface Service {
  readonly app: FastifyInstance
  readonly deps: Deps
  /** The administrator key, on the very first start only: show it once. Later it is in `<dataFolder>/admin.key` alone. */
  readonly createdAdminKey?: string
  /** Serves HTTP; returns the base URL. Port 0 takes a free one. Throws IO when the address cannot be used. */
  listen(address: { readonly host: string; readonly port: number }): Promise<string>
  /** Ends open requests, then closes the store. */
  close(): Promise<void>
}

/** Opens the identity runtime: store, keys, HTTP application and the sweeper of expired documents. Throws IO, UNAVAILABLE, REFUSED. */
export async function openService(options: ServiceOptions): Promise<Service> {
  const now = options.now ?? (() => new Date())
  const store = await openStore(options.store, now)
  try {
    const masterKey = await openMasterKey(options.dataFolder, store)
    const { created } = await openAdminKey(options.dataFolder, store)
    const place: Place = { url: options.publicUrl === undefined ? undefined : originOf(options.publicUrl) }
    const { breachedPasswords: path } = options
    const list = path === undefined ? {} : { breachedPasswords: await openBreachedPasswords(path) }
    const deps: Deps = { store, now, masterKey, publicUrl: () => place.url ?? UNREACHED, ...list }
    const app = await buildApp(deps, { modules: MODULES, log: options.log ?? false })
    return { ...serviceOf(app, deps, place), ...(created === undefined ? {} : { createdAdminKey: created }) }
  } catch (error) {
    await store.close()
    throw error
  }
}

/** Where the service is reached; the first address that it listens on, unless it was configured. */
interface Place {
  url: string | undefined
}

function serviceOf(app: FastifyInstance, deps: Deps, place: Place): Service {
  const sweeper = setInterval(() => {
    deps.store.sweep().catch((error: unknown) => app.log.error({ err: error }, 'the sweep of expired documents failed'))
  }, SWEEP_MILLISECONDS)
  sweeper.unref()
  return {
    app,
    deps,
    listen: async (address) => {
      const url = await listen(app, address)
      place.url ??= url
      return url
    },
    close: async () => {
      clearInterval(sweeper)
      await app.close()
      await deps.store.close()
    },
  }
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
