import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const SERVICE = fileURLToPath(new URL('../../../identity/service.ts', import.meta.url))

/** Personal data in every place that a caller can put it: path, query, headers, body; and a fault that repeats it. */
const SCRIPT = `
  import { openService } from ${JSON.stringify(SERVICE)}
  const [folder] = process.argv.slice(1)
  const { app, deps, createdAdminKey, close } = await openService({ store: folder, dataFolder: folder, log: true })
  const headers = { 'x-api-key': createdAdminKey, 'user-agent': 'marked-agent', 'x-request-id': 'marked-request' }
  const send = (method, url, payload) =>
    app.inject({ method, url, headers, payload, remoteAddress: '203.0.113.77' })
  await send('POST', '/v1/tenants', { tenant_id: 'acme-web' })
  const user = { user_id: 'u-1', username: 'marked-name', email: 'marked@example.com', tenant_id: 'acme-web' }
  await send('POST', '/v1/tenants/acme-web/users', user)
  await send('POST', '/v1/tenants/acme-web/users', { ...user, email: 'marked-not-an-address' })
  await send('GET', '/v1/tenants/acme-web/users/u-1')
  await send('GET', '/v1/tenants/acme-web/usernames/marked-name')
  await send('GET', '/v1/tenants/acme-web/users?username=marked-name&email=marked@example.com')
  await send('DELETE', '/v1/tenants/acme-web/blocked-ips/203.0.113.78')
  await send('GET', '/scim/v2/acme-web/Users?filter=' + encodeURIComponent('userName eq "marked-name"'))
  await send('POST', '/v1/login/challenge?auth_req_id=marked-handle', { username: 'marked-name', cipherKey: 'x' })
  await send('GET', '/marked@example.com/oidc/authorize?login_hint=marked@example.com')
  await send('GET', '/marked-name/nowhere')
  await app.inject({
    method: 'POST',
    url: '/orgs/acme/navixy/panel/user/mfa/settings/default/read?hash=marked-query',
    headers: { authorization: 'NVX marked-header' },
  })
  await app.inject({ url: '/v1/userinfo', headers: { authorization: 'Bearer marked-token' } })
  const fault = Object.assign(new Error('broken'), { detail: 'marked-detail', parameters: ['marked-name'] })
  deps.store.get = async () => { throw fault }
  await send('GET', '/v1/tenants/acme-web')
  await close()`

interface Line {
  readonly [field: string]: unknown
}

describe('the log', () => {
  let folder: string
  let text: string
  let lines: readonly Line[]
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plumbline-log-'))
    const run = spawnSync(process.execPath, ['--input-type=module', '--eval', SCRIPT, folder], { encoding: 'utf8' })
    text = run.stderr
    lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('has one JSON line per request, with its id, route, ids of things, status and length', () => {
    const reading = lines.filter((line) => line.route === '/v1/tenants/:tenant_id/users/:user_id')
    expect(reading).toHaveLength(1)
    expect(reading[0]).toMatchObject({
      level: 30,
      reqId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      method: 'GET',
      tenant_id: 'acme-web',
      user_id: 'u-1',
      status: 200,
      milliseconds: expect.any(Number),
    })
  })

  it('tells of a fault with what broke and the id of its request', () => {
    const fault = lines.find((line) => line.msg === 'request failed')
    expect(fault).toMatchObject({ level: 50, err: { type: 'Error', message: 'broken' } })
    expect(lines.filter((line) => line.reqId === fault?.reqId).map((line) => line.status)).toEqual([undefined, 500])
  })

  it('holds no name, e-mail address, IP address, handle, token or header of anybody', () => {
    expect(lines.length).toBeGreaterThanOrEqual(14)
    expect(text).not.toMatch(/marked|203\.0\.113|pla_/i)
  })
})
