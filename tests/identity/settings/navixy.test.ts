import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { withMfa, withUsers } from '../../../identity/settings/navixy/settings.ts'
import { type Contract, openContract } from './contract.ts'
import { ACCESS, newOrganization, openRuntime, type Runtime } from './runtime.ts'

const HEADERS = { authorization: `NVX ${ACCESS.navixy.hash}` }
const ALLOWED = { type: 'allowed', factor_types: ['email'] }
const DISALLOWED = { type: 'disallowed' }
const ALL = { type: 'all' }

let runtime: Runtime
let organizationId: string
let navixy: Contract
beforeAll(async () => {
  runtime = await openRuntime()
})
afterAll(() => runtime.close())
beforeEach(async () => {
  organizationId = (await newOrganization(runtime)).organization_id
  await setUsers([1, 2, 3])
  navixy = openContract('navixy.openapi.yaml', ({ path, headers, ...call }) =>
    runtime.call({ ...call, path: `/orgs/${organizationId}/navixy${path}`, headers: headers ?? HEADERS }),
  )
})

const setUsers = (ids: readonly number[]) =>
  runtime.admin('PUT', `/v1/organizations/${organizationId}/navixy-users`, { ids })
const outcome = ({ status, json }: { status: number; json: { status?: { code: number } } }) => [
  status,
  json.status?.code,
]

describe('the default settings', () => {
  it('are absent until they are set', async () => {
    expect((await navixy.call('readDefaultMfaSettings')).json).toEqual({ success: true, value: null })
  })

  it('are what was last written', async () => {
    await navixy.call('updateDefaultMfaSettings', { body: { settings: ALLOWED } })
    expect((await navixy.call('readDefaultMfaSettings', { body: {} })).json).toEqual({ success: true, value: ALLOWED })
    const written = await navixy.call('updateDefaultMfaSettings', { body: { settings: DISALLOWED } })
    expect([written.status, written.json]).toEqual([200, { success: true }])
    expect((await navixy.call('readDefaultMfaSettings')).json).toEqual({ success: true, value: DISALLOWED })
  })

  it('lose factors that have no effect and fields that nobody knows', async () => {
    const settings = { type: 'disallowed', factor_types: ['email'], later: 1 }
    await navixy.call('updateDefaultMfaSettings', { body: { settings } })
    expect((await navixy.call('readDefaultMfaSettings')).json.value).toEqual(DISALLOWED)
  })

  it.each([
    {},
    { settings: null },
    { settings: { type: 'perhaps' } },
    { settings: { type: 'allowed' } },
    { settings: { type: 'allowed', factor_types: [] } },
    { settings: { type: 'allowed', factor_types: ['sms'] } },
  ])('refuse %j with code 7 and the parameter', async (body) => {
    const answer = await navixy.call('updateDefaultMfaSettings', { body })
    expect(outcome(answer)).toEqual([400, 7])
    expect(answer.json.errors[0].parameter).toMatch(/^settings/)
  })
})

describe('parameters', () => {
  const url = (path: string) => `/orgs/${organizationId}/navixy/panel/user/mfa/settings${path}`
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const settings = JSON.stringify(ALLOWED)

  it('may come in a form, with objects as JSON', async () => {
    const body = new URLSearchParams({ hash: ACCESS.navixy.hash, settings }).toString()
    const written = await runtime.call({ method: 'POST', path: url('/default/update'), headers: form, body })
    expect([written.status, written.json]).toEqual([200, { success: true }])
    const read = await runtime.call({
      method: 'POST',
      path: url('/default/read'),
      headers: form,
      body: `hash=${ACCESS.navixy.hash}`,
    })
    expect(read.json.value).toEqual(ALLOWED)
  })

  it('may come in the query', async () => {
    const target = JSON.stringify({ type: 'selected', ids: [1] })
    const query = new URLSearchParams({ hash: ACCESS.navixy.hash, target, settings })
    const written = await runtime.call({ method: 'POST', path: `${url('/update')}?${query}` })
    expect([written.status, written.json]).toEqual([200, { success: true }])
  })

  it('that are no objects are refused with code 7 as anywhere else', async () => {
    const body = new URLSearchParams({ hash: ACCESS.navixy.hash, settings: '{' }).toString()
    const answer = await runtime.call({ method: 'POST', path: url('/default/update'), headers: form, body })
    expect(outcome(answer)).toEqual([400, 7])
  })
})

describe('the settings of users', () => {
  const update = (target: unknown, settings: unknown = ALLOWED) =>
    navixy.call('updateUserMfaSettings', { body: { target, settings } })

  it('are written to all users or to selected ones', async () => {
    expect((await update(ALL)).json).toEqual({ success: true })
    expect((await update({ type: 'selected', ids: [1, 3] }, DISALLOWED)).json).toEqual({ success: true })
  })

  it('refuse a user who is not the dealer’s with code 201', async () => {
    expect(outcome(await update({ type: 'selected', ids: [1, 99] }))).toEqual([400, 201])
  })

  it('know a user from the moment the dealer has one', async () => {
    await setUsers([1, 2, 3, 99])
    expect((await update({ type: 'selected', ids: [99] })).status).toBe(200)
    await setUsers([1])
    expect(outcome(await update({ type: 'selected', ids: [99] }))).toEqual([400, 201])
  })

  it.each([
    { type: 'selected', ids: [] },
    { type: 'selected', ids: Array.from({ length: 101 }, (_, i) => i + 1) },
    { type: 'selected', ids: ['1'] },
    { type: 'selected' },
    { type: 'some' },
  ])('refuse the target %j with code 7', async (target) => {
    expect(outcome(await update(target))).toEqual([400, 7])
  })
})

describe('a user of the dealer', () => {
  const allowed = { type: 'allowed', factor_types: ['email'] } as const

  it('gets a copy of the default of that moment, or no second factor when there is none', () => {
    const before = withUsers({ users: {} }, [1])
    const after = withUsers({ ...before, default: allowed }, [1, 2])
    expect(after.users).toEqual({ 1: DISALLOWED, 2: allowed })
  })

  it('keeps the settings when one of the selected users is unknown', () => {
    const settings = withUsers({ users: {} }, [1])
    expect(() => withMfa(settings, { type: 'selected', ids: [1, 2] }, allowed)).toThrow('Not found')
    expect(settings.users).toEqual({ 1: DISALLOWED })
  })
})

describe('access to Navixy', () => {
  it('takes the hash from the header, the query or the body', async () => {
    const { hash } = ACCESS.navixy
    const calls = [{ headers: HEADERS }, { headers: {}, query: `?hash=${hash}` }, { headers: {}, body: { hash } }]
    for (const call of calls) expect((await navixy.call('readDefaultMfaSettings', call)).status).toBe(200)
  })

  it.each([[{}], [{ authorization: 'NVX wrong' }], [{ authorization: `Bearer ${ACCESS.navixy.hash}` }]])(
    'answers 400 with code 3 for %j',
    async (headers) => {
      expect(outcome(await navixy.call('readDefaultMfaSettings', { headers }))).toEqual([400, 3])
    },
  )

  it('answers in its envelope also to what it cannot read, and to what is too large', async () => {
    const broken = await navixy.call('updateDefaultMfaSettings', { body: '{"settings":' })
    const large = await navixy.call('updateDefaultMfaSettings', { body: { settings: 'x'.repeat(1024 * 1024) } })
    const get = {
      method: 'GET',
      path: `/orgs/${organizationId}/navixy/panel/user/mfa/settings/update`,
      headers: HEADERS,
    }
    expect([outcome(broken), outcome(large), outcome(await runtime.call(get))]).toEqual([
      [400, 5],
      [412, 9],
      [405, 5],
    ])
  })
})
