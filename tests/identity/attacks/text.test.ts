import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OidcWorld, openOidcWorld } from '../oidc/world.ts'
import { ACCESS } from '../settings/runtime.ts'

const JSON_TYPE = 'application/json'
const FORM_TYPE = 'application/x-www-form-urlencoded'
const NAVIXY = { authorization: `NVX ${ACCESS.navixy.hash}` }
/** Half a sequence of UTF-8, a byte that never occurs in it, an overlong slash, half a pair of UTF-16. */
const BROKEN = ['c3', 'ff', 'c0af', 'eda080'].map((hex) => Buffer.from(hex, 'hex'))

let world: OidcWorld
let key: Readonly<Record<string, string>>
beforeAll(async () => {
  world = await openOidcWorld()
  await world.tenant()
  await world.admin('POST', '/v1/organizations', { organization_id: 'acme', access: ACCESS })
  key = { 'x-api-key': String(world.service.createdAdminKey) }
})
afterAll(() => world.close())

const send = async (url: string, headers: object, payload?: Buffer, method = payload ? 'POST' : 'GET') => {
  const sent = { method: method as 'POST', url, headers: { ...headers }, ...(payload && { payload }) }
  return (await world.service.app.inject(sent)).statusCode
}
const around = (before: string, bytes: Uint8Array, after: string) =>
  Buffer.concat([Buffer.from(before), bytes, Buffer.from(after)])

/** One address of each contract that takes JSON, the beginning and end of a body around a text, and who may send it. */
const JSON_DOORS: readonly (readonly [string, string, string, () => object])[] = [
  ['/v1/tenants', '{"tenant_id":"x","display_name":"', '"}', () => key],
  ['/scim/v2/place-1/Users', '{"userName":"', '"}', () => key],
  ['/v1/organizations', '{"organization_id":"x","display_name":"', '"}', () => key],
  ['/orgs/acme/navixy/panel/user/mfa/settings/default/update', '{"settings":{"type":"', '"}}', () => NAVIXY],
  ['/v1/login/challenge', '{"username":"', '"}', () => ({})],
]

describe.each(JSON_DOORS)('a body sent to %s', (url, before, after, headers) => {
  it.each(BROKEN)('that holds %j, which is no UTF-8, is refused', async (bytes) => {
    const status = await send(url, { ...headers(), 'content-type': JSON_TYPE }, around(before, bytes, after))
    expect([400, 422]).toContain(status)
  })

  it.each(['\\u0000', 'a\\u0000b', '\\ud800', '\\udc00\\ud800'])('that holds %s is refused', async (text) => {
    const status = await send(
      url,
      { ...headers(), 'content-type': JSON_TYPE },
      around(before, Buffer.from(text), after),
    )
    expect([400, 422]).toContain(status)
  })
})

it('a body may hold what only looks like NUL, and characters beyond the first plane', async () => {
  const body = Buffer.from('{"tenant_id":"fine","display_name":"\\\\u0000 \\ud83d\\ude00 \u{1f600}"}')
  expect(await send('/v1/tenants', { ...key, 'content-type': JSON_TYPE }, body)).toBeLessThan(300)
})

it('a name in a body holds no NUL either', async () => {
  const body = Buffer.from('{"userName":"n@x.example","urn:x":{"a\\u0000":1}}')
  expect(await send('/scim/v2/place-1/Users', { ...key, 'content-type': JSON_TYPE }, body)).toBe(400)
})

describe.each(['%00', '%FF', '%C3', '%C0%AF', '%ED%A0%80'])('the encoded text %s', (text) => {
  it.each([
    `/v1/tenants/place-1/users?username=${text}`,
    `/v1/tenants/place-1/users/${text}`,
    `/scim/v2/place-1/Users?filter=userName%20eq%20%22${text}%22`,
    `/place-1/oidc/authorize?client_id=${text}`,
    `/v1/login/client?client_id=${text}&tenant_id=place-1`,
    `/orgs/${text}/navixy/panel/user/mfa/settings/default/read`,
  ])('is refused in the address %s', async (url) => {
    expect([400, 422]).toContain(await send(url, key))
  })

  it.each(['/place-1/oidc/token', '/v1/token', '/orgs/acme/sailpoint/oauth/token'])(
    'is refused in a form sent to %s',
    async (url) => {
      const form = Buffer.from(`grant_type=client_credentials&tenant_id=place-1&client_id=${text}`)
      expect([400, 422]).toContain(await send(url, { 'content-type': FORM_TYPE }, form))
    },
  )
})

it.each(BROKEN)('a name or password of Basic authentication is text: %j is refused', async (bytes) => {
  const authorization = `Basic ${Buffer.concat([bytes, Buffer.from(':secret')]).toString('base64')}`
  expect([400, 401]).toContain(await send('/orgs/acme/cim/configuration', { authorization }))
  const form = Buffer.from('grant_type=client_credentials')
  const sent = { authorization, 'content-type': FORM_TYPE }
  expect([400, 401]).toContain(await send('/place-1/oidc/token', sent, form))
})
