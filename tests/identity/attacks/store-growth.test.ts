import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { InjectOptions } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openService, type Service } from '../../../identity/service.ts'
import { ACCESS } from '../settings/runtime.ts'

const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const
type Method = (typeof METHODS)[number]
type Paths = Readonly<Record<string, Readonly<Partial<Record<Method, object>>>>>

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
/** What one address may put down in a minute. */
const BOUND = 120
/** The log is there to stay; a track is one per address and one per account. */
const STAYS = ['auditRecords', 'lockoutTracks']
const KNOWN = [
  'get /acme/oidc/authorize',
  'get /acme/oidc/logout',
  'post /acme/oidc/logout',
  'get /acme/oidc/device',
  'post /v1/logout',
]
/** Bytes. A form is kept as it was sent, sealed. */
const LARGEST = 32 * 1024

interface Document {
  readonly collection: string
  /** Milliseconds since 1970. */
  readonly expires_at: number | null
  readonly size: number
}

let folder: string
let service: Service
let documents: () => readonly Document[]
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-growth-'))
  service = await openService({ store: folder, dataFolder: folder })
  const headers = { 'x-api-key': String(service.createdAdminKey) }
  const make = (url: string, payload: object) => service.app.inject({ method: 'POST', url, headers, payload })
  await make('/v1/tenants', { tenant_id: 'acme', register_enable: true, passkey_enabled: true })
  await make('/v1/organizations', { organization_id: 'acme', access: ACCESS })
  const redirect_uris = ['https://app.example.com/callback']
  const client = { client_id: 'acme', name: 'Acme', tenant_id: 'acme', client_type: 'public', register_enable: true }
  await make('/v1/clients', { ...client, redirect_uris })
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite')
  const db = new DatabaseSync(join(folder, 'plumbline.db'), { readOnly: true })
  const rows = db.prepare('SELECT collection, expires_at, length(body) AS size FROM documents')
  documents = () => rows.all() as unknown as readonly Document[]
})
afterAll(async () => {
  await service.close()
  await rm(folder, { recursive: true })
})

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
/** Everything that any operation asks for, different each time. */
const fields = (n: number): Readonly<Record<string, string>> => ({
  username: `user-${n}`,
  email: `user-${n}@example.com`,
  tenant_id: 'acme',
  client_id: 'acme',
  id_token_hint: `${encoded({ alg: 'none' })}.${encoded({ iss: 'http://localhost/acme/oidc' })}.`,
  code: `AAAAA-${n}`,
  response_type: 'code',
  redirect_uri: 'https://app.example.com/callback',
  scope: 'openid',
  state: `state-${n}`,
  code_challenge: 'x'.repeat(43),
  code_challenge_method: 'S256',
  grant_type: 'client_credentials',
  token: `token-${n}`,
  user_code: `AAAA-${n}`,
})

/** Without a hint, which would have to be a good one. */
const fieldsOf = (n: number) => {
  const { id_token_hint: _, ...others } = fields(n)
  return others
}

const ENCODINGS = {
  query: (n: number) => ({ query: fieldsOf(n) }),
  json: (n: number) => ({ query: { client_id: 'acme', tenant_id: 'acme' }, payload: fields(n) }),
  form: (n: number) => ({
    payload: new URLSearchParams(fields(n)).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  }),
} satisfies Record<string, (n: number) => InjectOptions>

type Request = readonly [method: Method, url: string, encoding: keyof typeof ENCODINGS]

let sent = 0
/** Documents that so many requests leave behind, each from an address of its own or all from one. */
async function left([method, url, encoding]: Request, times: number, address?: string) {
  const before = documents().length
  for (let n = 0; n < times; n++) {
    const remoteAddress = address ?? `10.${++sent >> 16}.${(sent >> 8) & 255}.${sent & 255}`
    await service.app.inject({ method, url, remoteAddress, ...ENCODINGS[encoding](n) })
  }
  return documents().length - before
}

async function everything(): Promise<readonly Request[]> {
  const { paths } = (await service.app.inject({ url: '/openapi.json' })).json<{ paths: Paths }>()
  return Object.entries(paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).flatMap((method) =>
      (Object.keys(ENCODINGS) as (keyof typeof ENCODINGS)[])
        .filter((encoding) => encoding === 'query' || method === 'post' || method === 'put' || method === 'patch')
        .map((encoding) => [method, path.replace(/\{[^}]+\}/g, 'acme'), encoding] as const),
    ),
  )
}

/** How many documents of each collection are still there in a day. */
function lasting(): Readonly<Record<string, number>> {
  const until = Date.now() + DAY + MINUTE
  const staying = documents().filter(({ expires_at }) => expires_at === null || expires_at > until)
  const counted = Object.groupBy(staying, ({ collection }) => collection)
  const counts = Object.entries(counted).map(([collection, all]) => [collection, all?.length ?? 0] as const)
  return Object.fromEntries(counts.filter(([collection]) => !STAYS.includes(collection)))
}

describe('requests without credentials', () => {
  it('that put something down are bounded for each address, and what they put down is gone within a day', {
    timeout: 300_000,
  }, async () => {
    const writers: Request[] = []
    for (const request of await everything()) if ((await left(request, 3)) >= 3) writers.push(request)
    // The probe finds those that are known.
    expect(writers.map(([method, url]) => `${method} ${url}`)).toEqual(expect.arrayContaining([...KNOWN]))
    // By now the tenant has its keys.
    const before = lasting()
    for (const [at, request] of writers.entries()) {
      const each = await left(request, 1)
      const grown = await left(request, BOUND + 30, `192.0.2.${at + 1}`)
      expect([...request, grown <= BOUND * Math.max(each, 1)]).toEqual([...request, true])
    }
    expect(lasting()).toEqual(before)
    expect(Math.max(...documents().map(({ size }) => size))).toBeLessThan(LARGEST)
  })
})
