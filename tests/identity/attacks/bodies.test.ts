import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OidcWorld, openOidcWorld } from '../oidc/world.ts'
import { ACCESS } from '../settings/runtime.ts'

const MEGABYTE = 1024 * 1024
const DEEP = 100_000
const JSON_TYPE = 'application/json'
const FORM_TYPE = 'application/x-www-form-urlencoded'

let world: OidcWorld
let credentials: Readonly<Record<string, Readonly<Record<string, string>>>>
beforeAll(async () => {
  world = await openOidcWorld()
  await world.tenant()
  await world.admin('POST', '/v1/organizations', { organization_id: 'acme', access: ACCESS })
  credentials = await credentialsOf()
})
afterAll(() => world.close())

/** Headers that open each API, by the beginning of its paths. */
async function credentialsOf() {
  const sailpoint = new URLSearchParams({ grant_type: 'client_credentials', ...ACCESS.sailpoint })
  const { access_token } = await world.admin<{ access_token: string }>(
    'POST',
    `/orgs/acme/sailpoint/oauth/token?${sailpoint}`,
  )
  const basic = Buffer.from(`${ACCESS.cim.username}:${ACCESS.cim.password}`).toString('base64')
  return {
    '/orgs/acme/pigello': Object.fromEntries(
      Object.entries(ACCESS.pigello).map(([name, value]) => [`x-pigello-${name.replaceAll('_', '-')}`, value]),
    ),
    '/orgs/acme/cim': { authorization: `Basic ${basic}` },
    '/orgs/acme/sailpoint': { authorization: `Bearer ${access_token}` },
    '/orgs/acme/navixy': { authorization: `NVX ${ACCESS.navixy.hash}` },
    '': { 'x-api-key': String(world.service.createdAdminKey) },
  }
}

async function send(method: string, url: string, type: string, payload: string) {
  const [, opening] = Object.entries(credentials).find(([start]) => url.startsWith(start)) ?? []
  const headers = { ...opening, 'content-type': type }
  const answer = await world.service.app.inject({ method: method as 'POST', url, headers, payload })
  return { status: answer.statusCode, text: answer.body }
}

/** Every operation that takes a body, as the service describes itself. */
async function writing() {
  const document = (await world.service.app.inject('/openapi.json')).json()
  const ids: Readonly<Record<string, string>> = { tenant_id: 'place-1', user_id: 'ada', organization_id: 'acme' }
  return Object.entries<Record<string, { requestBody?: { content: object } }>>(document.paths).flatMap(
    ([path, operations]) =>
      Object.entries(operations).flatMap(([method, { requestBody }]) => {
        const url = path.replaceAll(/\{([^}]+)\}/g, (_, name) => ids[name] ?? 'x')
        return Object.keys(requestBody?.content ?? {}).map((type) => ({ method: method.toUpperCase(), url, type }))
      }),
  )
}

const nested = (open: string, close: string, depth = DEEP): string => open.repeat(depth) + close.repeat(depth)

/** What is sent, by the kind of body that the operation takes. */
const BODIES: Readonly<Record<string, Readonly<Record<'json' | 'form', string>>>> = {
  'a body of two megabytes': {
    json: JSON.stringify({ name: 'x'.repeat(2 * MEGABYTE) }),
    form: `client_id=${'x'.repeat(2 * MEGABYTE)}`,
  },
  'lists a hundred thousand deep': {
    json: nested('[', ']'),
    form: `client_id=web&claims=${nested('[', ']', 10_000)}`,
  },
  'objects a hundred thousand deep': {
    json: `${'{"a":'.repeat(DEEP)}1${'}'.repeat(DEEP)}`,
    form: `client_id=web&a${'[a]'.repeat(10_000)}=1`,
  },
  'fifty thousand fields': {
    json: `{${Array.from({ length: 50_000 }, (_, i) => `"f${i}":1`).join()}}`,
    form: Array.from({ length: 20_000 }, (_, i) => `f${i}=1`).join('&'),
  },
  'half a text': { json: '{"name":"', form: '%' },
  'a key that reaches for the prototype': { json: '{"__proto__":{"admin":true}}', form: '__proto__=x' },
}

describe('every operation that takes a body', () => {
  it.each(Object.entries(BODIES))('answers %s without a fault of its own', async (_what, body) => {
    const operations = await writing()
    expect(operations.length).toBeGreaterThan(50)
    for (const { method, url, type } of operations) {
      const { status, text } = await send(method, url, type, type === FORM_TYPE ? body.form : body.json)
      expect(status, `${method} ${url}: ${text.slice(0, 200)}`).toBeLessThan(500)
    }
  })
})

/** Values that are kept as they come, at a depth where recursion would run out of stack. */
describe('a value a hundred thousand levels deep', () => {
  const deep = nested('[', ']')
  it.each([
    ['POST', '/v1/tenants', `{"tenant_id":"deep","liveness_config":${deep}}`],
    ['POST', '/v1/tenants/place-1/users', `{"user_id":"d","username":"d","tenant_id":"place-1","claims":${deep}}`],
    ['POST', '/scim/v2/place-1/Users', `{"userName":"deep","name":${deep},"emails":${deep}}`],
    ['PATCH', '/scim/v2/place-1/Users/ada', `{"Operations":[{"op":"replace","path":"name","value":${deep}}]}`],
    ['PATCH', '/scim/v2/place-1/Users/ada', `{"Operations":[{"op":"replace","value":{"name":${deep}}}]}`],
    ['POST', '/orgs/acme/cim/api/v2/config/custom-messages', `{"default":{"a":${deep}},"locales":${deep}}`],
    [
      'POST',
      '/orgs/acme/pigello/configurations/securityconfiguration/',
      `{"approved_non_customer_hotp_email_domains":${deep}}`,
    ],
  ])('%s %s is refused', async (method, url, body) => {
    const { status, text } = await send(method, url, JSON_TYPE, body)
    expect([400, 404, 405, 413, 415, 422], text.slice(0, 200)).toContain(status)
  })
})

describe('a body that is too large', () => {
  it.each([
    ['/v1/tenants', JSON_TYPE, 413],
    ['/scim/v2/place-1/Users', 'application/scim+json', 413],
    ['/place-1/oidc/token', FORM_TYPE, 413],
    ['/v1/token', FORM_TYPE, 413],
    ['/place-1/login', FORM_TYPE, 413],
    ['/orgs/acme/pigello/configurations/securityconfiguration/', JSON_TYPE, 413],
    // The contract of this API has a status of its own for it.
    ['/orgs/acme/navixy/panel/user/mfa/settings/default/update', JSON_TYPE, 412],
  ])('is refused by %s', async (url, type, expected) => {
    const text = 'x'.repeat(2 * MEGABYTE)
    const body = type === FORM_TYPE ? `a=${text}` : JSON.stringify({ a: text })
    expect((await send('POST', url, type, body)).status).toBe(expected)
  })
})

describe('an address that cannot be read', () => {
  it.each(['/%FF', '/v1/tenants/%E0%A4%A', '/scim/v2/%FF/Users', '/%FF/oidc/token', '/place-1/login/%'])(
    '%s is answered in our form, with the headers of every answer',
    async (url) => {
      const answer = await world.service.app.inject(url)
      expect([answer.statusCode, Object.keys(answer.json())]).toEqual([400, ['detail']])
      expect(answer.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' })
      expect(answer.headers['x-request-id']).toBeDefined()
    },
  )

  it('is refused in the same form when it is too long', async () => {
    const answer = await world.service.app.inject(`/v1/tenants/${'x'.repeat(5000)}`)
    expect([answer.statusCode, Object.keys(answer.json())]).toEqual([414, ['detail']])
  })
})
