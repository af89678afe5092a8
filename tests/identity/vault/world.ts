import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { FastifyInstance, HTTPMethods } from 'fastify'
import { parse } from 'yaml'
import { organizationRoutes } from '../../../identity/api/organizations/routes.ts'
import { scimRoutes } from '../../../identity/api/scim/routes.ts'
import { vaultRoutes } from '../../../identity/api/vault/routes.ts'
import { assemble } from '../../../identity/assemble.ts'
import { keyHash } from '../../../identity/crypto/hash.ts'
import type { Deps } from '../../../identity/deps.ts'
import { ADMINISTRATOR_KEYS, newAdminKey } from '../../../identity/directory/administrator-key.ts'
import { buildApp } from '../../../identity/platform/http/app.ts'
import { openStore } from '../../../identity/store/open.ts'
import { GLOBAL } from '../../../identity/store/store.ts'

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers of many shapes
  readonly body: any
}

export interface World {
  readonly app: FastifyInstance
  readonly deps: Deps
  readonly adminKey: string
  /** Sends a request with the administrator key, or with `key` (null: none). */
  send(method: HTTPMethods, url: string, body?: unknown, options?: SendOptions): Promise<Answer>
  /** A tenant with a fresh id. */
  tenant(): Promise<string>
  /** A new API key of the tenant; returns its text. */
  key(tenant: string, scopes: readonly string[]): Promise<string>
  close(): Promise<void>
}

interface SendOptions {
  readonly key?: string | null
  readonly headers?: Readonly<Record<string, string>>
}

/** The runtime on an empty embedded store, with a clock that moves one second per reading. */
export async function openWorld(): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-vault-'))
  let time = Date.parse('2026-01-01T00:00:00Z')
  const now = () => {
    time += 1000
    return new Date(time)
  }
  const store = await openStore(folder, now)
  const deps = assemble({ store, now, masterKey: new Uint8Array(randomBytes(32)) })
  const app = await buildApp(deps, { modules: [organizationRoutes, vaultRoutes, scimRoutes] })
  const adminKey = newAdminKey()
  await store.create(ADMINISTRATOR_KEYS, GLOBAL, { id: 'administrator', hash: keyHash(adminKey) })
  const send = sender(app, adminKey)
  let count = 0
  return {
    app,
    deps,
    adminKey,
    send,
    tenant: async () => {
      const tenant_id = `tenant-${++count}`
      await send('POST', '/v1/tenants', { tenant_id })
      return tenant_id
    },
    key: async (tenant_id, scopes) =>
      (await send('POST', '/v1/api-keys', { name: 'test', scopes, tenant_id })).body.api_key,
    close: async () => {
      await app.close()
      await store.close()
      await rm(folder, { recursive: true })
    },
  }
}

function sender(app: FastifyInstance, adminKey: string): World['send'] {
  return async (method, url, body, { key = adminKey, headers = {} } = {}) => {
    const answer = await app.inject({
      method: method as 'GET',
      url,
      headers: {
        ...(key === null ? {} : { 'x-api-key': key }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    return {
      status: answer.statusCode,
      headers: answer.headers,
      body: answer.body === '' ? undefined : JSON.parse(answer.body),
    }
  }
}

/** The contract, and a check of an answer against one of its schemas. Returns what is wrong; empty when all is well. */
export async function openContract(file: string) {
  const text = await readFile(new URL(`../../../docs/contracts/${file}`, import.meta.url), 'utf8')
  const contract = parse(text, { merge: true })
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addSchema(contract, 'contract')
  return {
    contract,
    problems(schema: string, value: unknown): string {
      const validate = ajv.getSchema(`contract#/components/schemas/${schema}`)
      if (!validate) throw new Error(`the contract has no schema ${schema}`)
      return validate(value) ? '' : ajv.errorsText(validate.errors)
    },
  }
}
