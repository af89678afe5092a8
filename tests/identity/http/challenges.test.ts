import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openService, type Service } from '../../../identity/service.ts'
import { ACCESS } from '../settings/runtime.ts'

type Paths = Readonly<Record<string, Readonly<Record<string, { readonly operationId?: string }>>>>
const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const
type Method = (typeof METHODS)[number]

const CREDENTIALS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  none: {},
  'an API key that nobody has': { 'x-api-key': `plk_${'x'.repeat(43)}` },
  'a token that nobody has': { authorization: 'Bearer nonsense' },
  'a password that nobody has': { authorization: `Basic ${Buffer.from('nobody:nothing').toString('base64')}` },
}

let folder: string
let service: Service
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-challenges-'))
  service = await openService({ store: folder, dataFolder: folder })
  const headers = { 'x-api-key': String(service.createdAdminKey) }
  await service.app.inject({ method: 'POST', url: '/v1/tenants', headers, payload: { tenant_id: 'acme' } })
  const payload = { organization_id: 'acme', access: ACCESS }
  await service.app.inject({ method: 'POST', url: '/v1/organizations', headers, payload })
})
afterAll(async () => {
  await service.close()
  await rm(folder, { recursive: true })
})

/** Every operation of the service, with names that exist where the place has one. */
async function operations(): Promise<readonly (readonly [Method, string])[]> {
  const { paths } = (await service.app.inject({ url: '/openapi.json' })).json<{ paths: Paths }>()
  return Object.entries(paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => [method, path.replace(/\{[^}]+\}/g, 'acme')] as const),
  )
}

describe.each(Object.entries(CREDENTIALS))('with %s', (_, headers) => {
  it('every operation that answers 401 says how to sign in (RFC 9110, section 15.5.2)', async () => {
    let refused = 0
    for (const [method, url] of await operations()) {
      const answer = await service.app.inject({
        method,
        url,
        headers,
        ...(method === 'get' || method === 'delete' ? {} : { payload: {} }),
      })
      if (answer.statusCode !== 401) continue
      refused++
      expect([method, url, String(answer.headers['www-authenticate'])]).toEqual([
        method,
        url,
        expect.stringMatching(/^(Bearer|Basic|DPoP) /),
      ])
    }
    expect(refused).toBeGreaterThan(60)
  })
})

it.each([
  '/acme/login?auth_req_id=gone',
  '/acme/consent?auth_req_id=gone',
  '/acme/oidc/complete?auth_req_id=gone&nonce=gone',
])('so does the page %s', async (url) => {
  const { statusCode, headers } = await service.app.inject({ url, headers: { accept: 'text/html' } })
  expect([statusCode, headers['www-authenticate']]).toEqual([401, expect.stringMatching(/^Bearer /)])
})
