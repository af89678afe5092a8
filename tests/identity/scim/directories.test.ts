import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openService, type Service } from '../../../identity/service.ts'
import { type Postgres, startPostgres } from '../../support/postgres.ts'
import { ENTRA } from './recorded/entra.ts'
import type { Exchange } from './recorded/exchange.ts'
import { OKTA } from './recorded/okta.ts'

const RECORDINGS = [ENTRA, OKTA]

let postgres: Postgres
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres?.stop())

describe.each(['SQLite', 'PostgreSQL'] as const)('the service on %s', (kind) => {
  let folder: string
  let service: Service
  let url: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plumbline-directories-'))
    service = await openService({ store: kind === 'SQLite' ? folder : await postgres.database(), dataFolder: folder })
    url = await service.listen({ host: '127.0.0.1', port: 0 })
  })
  afterAll(async () => {
    await service.close()
    await rm(folder, { recursive: true })
  })

  describe.each(RECORDINGS)('for $name', ({ name, headers, exchanges }) => {
    /** What `{name}` stands for. */
    const known: Record<string, string> = {}
    let authorization: string
    beforeAll(async () => {
      const tenant = name.replace(/\W/g, '').toLowerCase()
      known.base = `${url}/scim/v2/${tenant}`
      authorization = `Bearer ${await keyOf(tenant)}`
    })

    /** An API key of a fresh tenant, as the guides say. */
    async function keyOf(tenant_id: string): Promise<string> {
      const admin = { 'x-api-key': String(service.createdAdminKey), 'content-type': 'application/json' }
      const post = (path: string, body: object) =>
        fetch(`${url}${path}`, { method: 'POST', headers: admin, body: JSON.stringify(body) })
      await post('/v1/tenants', { tenant_id })
      const key = await post('/v1/api-keys', { name, tenant_id, scopes: ['scim:read', 'scim:write'] })
      return ((await key.json()) as { api_key: string }).api_key
    }

    const filled = <T>(value: T): T =>
      JSON.parse(JSON.stringify(value).replace(/\{(\w+)\}/g, (whole, of: string) => known[of] ?? whole))
    const send = async ([method, path, body]: Exchange['request']) => {
      const address = path.replace(/\{(\w+)\}|%7B(\w+)%7D/g, (_, a?: string, b?: string) => known[a ?? b ?? ''] ?? '')
      const answer = await fetch(`${known.base}${address}`, {
        method,
        headers: { ...headers, authorization },
        ...(body && { body: JSON.stringify(filled(body)) }),
      })
      const text = await answer.text()
      return {
        status: answer.status,
        type: answer.headers.get('content-type'),
        body: text === '' ? {} : JSON.parse(text),
      }
    }

    it.each(exchanges)('$what', async ({ request, status, answer = {}, without = [], remember }) => {
      const { body, type, ...sent } = await send(request)
      expect({ ...sent, body }).toMatchObject({ status, body: filled(answer) })
      expect(Object.keys(body).filter((attribute) => without.includes(attribute))).toEqual([])
      if (status !== 204) expect(type).toMatch(/^application\/scim\+json/)
      if (remember !== undefined) {
        known[remember] = body.id
        expect(body.meta.location).toBe(`${known.base}${request[1]}/${body.id}`)
      }
    })
  })
})
