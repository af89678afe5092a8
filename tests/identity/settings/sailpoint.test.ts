import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Contract, openContract } from './contract.ts'
import { ACCESS, newOrganization, openRuntime, type Runtime } from './runtime.ts'

const { client_id, client_secret } = ACCESS.sailpoint
const READ = 'idn:password-org-config:read'
const WRITE = 'idn:password-org-config:write'
const MANAGE = 'idn:password-org-config:manage'
const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const GRANT = { grant_type: 'client_credentials', client_id, client_secret }
const FRESH = {
  customInstructionsEnabled: false,
  digitTokenEnabled: false,
  digitTokenDurationMinutes: 5,
  digitTokenLength: 6,
}

let runtime: Runtime
let base: string
let organizationId: string
let sailpoint: Contract
beforeAll(async () => {
  runtime = await openRuntime()
})
afterAll(() => runtime.close())
beforeEach(async () => {
  organizationId = (await newOrganization(runtime)).organization_id
  base = `/orgs/${organizationId}/sailpoint`
  const authorization = await bearer()
  sailpoint = openContract('sailpoint.openapi.yaml', ({ path, headers, ...call }) =>
    runtime.call({ ...call, path: `${base}/beta${path}`, headers: { authorization, ...headers } }),
  )
})

const token = (parameters: Record<string, string>, headers: Record<string, string> = {}) =>
  runtime.call({
    method: 'POST',
    path: `${base}/oauth/token`,
    headers: { ...FORM, ...headers },
    body: new URLSearchParams(parameters).toString(),
  })
const bearer = async (scope?: string) =>
  `Bearer ${(await token({ ...GRANT, ...(scope === undefined ? {} : { scope }) })).json.access_token}`

describe('the token endpoint', () => {
  it('gives a bearer token for all scopes', async () => {
    const answer = await token(GRANT)
    expect(answer.status).toBe(200)
    expect(answer.json).toMatchObject({ token_type: 'bearer', expires_in: 720, scope: `${READ} ${WRITE} ${MANAGE}` })
  })

  it('takes the multipart form that the SDKs of the publisher send', async () => {
    const parts = Object.entries(GRANT).map(
      ([name, value]) => `--limit\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    )
    const headers = { 'content-type': 'multipart/form-data; boundary=limit' }
    const send = (body: string) => runtime.call({ method: 'POST', path: `${base}/oauth/token`, headers, body })
    expect((await send(`${parts.join('')}--limit--\r\n`)).status).toBe(200)
    expect((await send(`${parts.join('')}${parts[0]}--limit--\r\n`)).json.error).toBe('invalid_request')
    expect((await send('no form')).json.error).toBe('invalid_request')
    const file = '--limit\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\nx\r\n--limit--\r\n'
    expect((await send(file)).json.error).toBe('invalid_request')
  })

  it('takes the client from basic authentication and the parameters from the query too', async () => {
    const authorization = `Basic ${Buffer.from(`${client_id}:${client_secret}`).toString('base64')}`
    const basic = await token({ grant_type: 'client_credentials' }, { authorization })
    const path = `${base}/oauth/token?${new URLSearchParams(GRANT)}`
    expect([basic.status, (await runtime.call({ method: 'POST', path })).status]).toEqual([200, 200])
  })

  it.each([
    [401, 'invalid_client', { ...GRANT, client_secret: 'wrong' }],
    [401, 'invalid_client', { grant_type: 'client_credentials' }],
    [400, 'unsupported_grant_type', { ...GRANT, grant_type: 'password' }],
    [400, 'invalid_scope', { ...GRANT, scope: 'sp:everything' }],
    [400, 'invalid_scope', { ...GRANT, scope: ' ' }],
  ])('answers %i %s', async (status, error, parameters) => {
    const answer = await token(parameters)
    expect([answer.status, answer.json.error]).toEqual([status, error])
  })

  it('refuses a repeated parameter', async () => {
    const body = 'grant_type=client_credentials&grant_type=password'
    const answer = await runtime.call({ method: 'POST', path: `${base}/oauth/token`, headers: FORM, body })
    expect([answer.status, answer.json.error]).toEqual([400, 'invalid_request'])
  })
})

describe('the password organization configuration', () => {
  it('has its defaults until somebody writes it', async () => {
    const answer = await sailpoint.call('getPasswordOrgConfig')
    expect([answer.status, answer.json]).toEqual([200, FRESH])
  })

  it('is changed by PUT in the sent fields only', async () => {
    await sailpoint.call('putPasswordOrgConfig', { body: { digitTokenLength: 9, digitTokenEnabled: true } })
    const answer = await sailpoint.call('putPasswordOrgConfig', { body: { digitTokenEnabled: false } })
    expect([answer.status, answer.json]).toEqual([200, { ...FRESH, digitTokenLength: 9 }])
    expect((await sailpoint.call('getPasswordOrgConfig')).json).toEqual(answer.json)
  })

  it('goes back to defaults in the fields that a POST does not send', async () => {
    await sailpoint.call('putPasswordOrgConfig', { body: { digitTokenLength: 9, customInstructionsEnabled: true } })
    const answer = await sailpoint.call('createPasswordOrgConfig', { body: { digitTokenDurationMinutes: 10 } })
    expect([answer.status, answer.json]).toEqual([200, { ...FRESH, digitTokenDurationMinutes: 10 }])
  })

  it('accepts unknown fields and does not keep them', async () => {
    const answer = await sailpoint.call('putPasswordOrgConfig', { body: { tomorrow: true } })
    expect(answer.json).toEqual(FRESH)
  })

  it('is the same with and without /beta', async () => {
    await sailpoint.call('putPasswordOrgConfig', { body: { digitTokenLength: 7 } })
    const headers = { authorization: await bearer() }
    const answer = await runtime.call({ method: 'GET', path: `${base}/password-org-config`, headers })
    expect(answer.json).toMatchObject({ digitTokenLength: 7 })
  })

  it.each([
    { digitTokenLength: 5 },
    { digitTokenLength: 19 },
    { digitTokenDurationMinutes: 0 },
    { digitTokenDurationMinutes: 61 },
    { digitTokenDurationMinutes: 1.5 },
    { digitTokenEnabled: null },
    { customInstructionsEnabled: 'true' },
    [],
    '{',
  ])('refuses %j with 400', async (body) => {
    for (const operation of ['putPasswordOrgConfig', 'createPasswordOrgConfig'])
      expect((await sailpoint.call(operation, { body })).status).toBe(400)
  })
})

describe('access to SailPoint', () => {
  const read = async (authorization: string) => sailpoint.call('getPasswordOrgConfig', { headers: { authorization } })

  it('answers 401 for no token, a forged one and the one of another organization', async () => {
    const foreign = await bearer()
    expect((await read('')).status).toBe(401)
    expect((await read(`${foreign.slice(0, -4)}AAAA`)).status).toBe(401)
    base = `/orgs/${(await newOrganization(runtime)).organization_id}/sailpoint`
    expect((await read(foreign)).status).toBe(401)
  })

  it('lets a token in until it expires, and not after', async () => {
    const authorization = await bearer()
    runtime.later(719)
    expect((await read(authorization)).status).toBe(200)
    runtime.later(1)
    expect((await read(authorization)).status).toBe(401)
  })

  it('answers 403 for a scope that does not suffice', async () => {
    const headers = { authorization: await bearer(READ) }
    expect((await sailpoint.call('getPasswordOrgConfig', { headers })).status).toBe(200)
    for (const operation of ['putPasswordOrgConfig', 'createPasswordOrgConfig'])
      expect((await sailpoint.call(operation, { headers, body: {} })).status).toBe(403)
    expect((await read(await bearer(WRITE))).status).toBe(403)
  })

  it('ends the tokens of a client secret that is replaced', async () => {
    const authorization = await bearer()
    const access = { sailpoint: { client_secret: 'another' } }
    await runtime.admin('PUT', `/v1/organizations/${organizationId}`, { access })
    expect((await read(authorization)).status).toBe(401)
  })
})

describe('the operations in every version of the publisher', () => {
  it.each(['', '/beta', '/v3', '/v2024', '/v2025', '/v2026'])('are served under %s', async (version) => {
    const authorization = await bearer(MANAGE)
    const path = `${base}${version}/password-org-config`
    const headers = { authorization, 'content-type': 'application/json' }
    const written = await runtime.call({ method: 'PUT', path, headers, body: '{"digitTokenLength":9}' })
    const read = await runtime.call({ method: 'GET', path: `${base}/password-org-config/v1`, headers })
    expect([written.status, read.json.digitTokenLength]).toEqual([200, 9])
  })
})
