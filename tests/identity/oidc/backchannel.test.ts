import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose'
import * as client from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CLIENTS } from '../../../identity/directory/clients.ts'
import { JOB_WORK } from '../../../identity/job-worker.ts'
import { runDue } from '../../../identity/platform/jobs/jobs.ts'
import { openService } from '../../../identity/service.ts'
import { type Application, OFFLINE, openApplication, tokensOf } from './application.ts'
import { Browser } from './browser.ts'
import { LOOPBACK, type OidcWorld, openOidcWorld } from './world.ts'

/** An application that takes notices of ended sessions; it answers with `status`, and never while that is undefined. */
class RelyingParty {
  readonly server: Server
  readonly told: string[] = []
  status: number | undefined = 204
  #next = Promise.withResolvers<void>()

  constructor() {
    this.server = createServer(async (request, response) => {
      const token = new URLSearchParams(await text(request)).get('logout_token') ?? ''
      this.told.push(token)
      if (this.status !== undefined) response.writeHead(this.status).end()
      this.#next.resolve()
      this.#next = Promise.withResolvers()
    }).listen(0, '127.0.0.1')
  }

  get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/backchannel`
  }

  /** The n-th notice about a session, which may have yet to come. */
  async notice(idToken: string | undefined, n = 1): Promise<string> {
    const { sid } = decodeJwt(String(idToken))
    for (;;) {
      const found = this.told.filter((token) => decodeJwt(token).sid === sid)[n - 1]
      if (found !== undefined) return found
      await this.#next.promise
    }
  }

  close(): void {
    this.server.closeAllConnections()
    this.server.close()
  }
}

let world: OidcWorld
let party: RelyingParty
let ahead = 0
const now = () => new Date(Date.now() + ahead)
beforeAll(async () => {
  party = new RelyingParty()
  await once(party.server, 'listening')
  world = await openOidcWorld({ now })
})
afterAll(async () => {
  await world.close()
  party.close()
})

/** An application that is told of logouts. */
async function openParty(at = world): Promise<Application> {
  const app = await openApplication(at, { client_logout_uri: 'https://app.example.com/backchannel' })
  // The API takes https only, which the party has not.
  const moved = (old: object) => ({ ...old, client_logout_uri: party.address }) as never
  await at.service.deps.store.update(CLIENTS, app.tenant, app.clientId, moved)
  return app
}

const ada = (tenant_id: string, more = {}) => ({
  user_id: 'ada',
  username: 'ada',
  email: 'ada@example.com',
  tenant_id,
  ...more,
})

const send = (method: string, path: string, headers: Record<string, string>, body?: object) =>
  fetch(world.url + path, {
    method,
    headers: { ...headers, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })

/** Ways in which a session ends, apart from a logout at the provider. */
const ENDINGS: Readonly<Record<string, (app: Application, tokens: client.TokenEndpointResponse) => Promise<unknown>>> =
  {
    'the person ends it': async (_app, { access_token }) => {
      const headers = { authorization: `Bearer ${access_token}` }
      const { sessions } = (await (await send('GET', '/v1/users/me/sessions', headers)).json()) as {
        sessions: { session_id: string }[]
      }
      return send('DELETE', `/v1/users/me/sessions/${sessions[0]?.session_id}`, headers)
    },
    'an administrator ends the sessions of the user': ({ tenant }) =>
      world.admin('DELETE', `/v1/tenants/${tenant}/users/ada/sessions`),
    'an administrator disables the account': ({ tenant }) =>
      world.admin('PUT', `/v1/tenants/${tenant}/users/ada`, ada(tenant, { is_disabled: true })),
    'the directory deactivates the account (SCIM)': ({ tenant }) =>
      world.admin('PATCH', `/scim/v2/${tenant}/Users/ada`, {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
        Operations: [{ op: 'replace', path: 'active', value: false }],
      }),
    'an administrator deletes the account': ({ tenant }) =>
      world.admin('POST', `/v1/tenants/${tenant}/users/batch/delete`, { users_ids: ['ada'] }),
    'the directory deletes the account (SCIM)': ({ tenant }) => world.admin('DELETE', `/scim/v2/${tenant}/Users/ada`),
    'a refresh token comes back a second time': async ({ config }, { refresh_token }) => {
      await client.refreshTokenGrant(config, String(refresh_token))
      ahead += 11_000
      await client.refreshTokenGrant(config, String(refresh_token)).catch(() => undefined)
    },
  }

describe('an application is told over the back channel when', () => {
  it.each(Object.entries(ENDINGS))('%s', async (_name, end) => {
    const app = await openParty()
    const tokens = await tokensOf(world, app, 'openid offline_access', OFFLINE)
    await end(app, tokens)
    expect(decodeJwt(await party.notice(tokens.id_token))).toMatchObject({ sub: 'ada', aud: 'web' })
  })

  it('the person signs out, by a token that its published key signed', async () => {
    const app = await openParty()
    const browser = new Browser()
    const { id_token } = await tokensOf(world, app, 'openid', { browser })
    const page = await browser.open(client.buildEndSessionUrl(app.config, { id_token_hint: String(id_token) }).href)
    await browser.submit(page, { logout: 'yes' })
    const { jwks_uri, issuer } = app.config.serverMetadata()
    const rules = { issuer, audience: 'web', typ: 'logout+jwt', algorithms: ['EdDSA'] }
    const { payload } = await jwtVerify(
      await party.notice(id_token),
      createRemoteJWKSet(new URL(String(jwks_uri))),
      rules,
    )
    expect(payload).toMatchObject({ sub: 'ada', sid: decodeJwt(String(id_token)).sid, jti: expect.any(String) })
    expect(payload.events).toHaveProperty(['http://schemas.openid.net/event/backchannel-logout'])
    expect(payload).not.toHaveProperty('nonce')
  })
})

const endAll = (at: OidcWorld, { tenant }: Application) =>
  at.admin('DELETE', `/v1/tenants/${tenant}/users/ada/sessions`)

describe('an application that does not take the notice', () => {
  it('gets it again later, until it takes it', async () => {
    const app = await openParty()
    const { id_token } = await tokensOf(world, app)
    party.status = 503
    await endAll(world, app)
    await party.notice(id_token)
    party.status = 204
    ahead += 60_000
    await runDue(world.service.deps, JOB_WORK)
    await party.notice(id_token, 2)
    const taken = party.told.length
    ahead += 3_600_000
    await runDue(world.service.deps, JOB_WORK)
    expect(party.told.length).toBe(taken)
  })

  it('holds up nobody: no answer waits for it', async () => {
    const app = await openParty()
    const { id_token } = await tokensOf(world, app)
    party.status = undefined
    await endAll(world, app)
    await party.notice(id_token)
    party.status = 204
  })

  it('gets it from the process after this one', async () => {
    const before = await openOidcWorld({ now })
    const app = await openParty(before)
    const { id_token } = await tokensOf(before, app)
    party.status = 503
    await endAll(before, app)
    await party.notice(id_token)
    await before.service.close()
    party.status = 204
    ahead += 60_000
    const after = await openService({
      store: before.folder,
      dataFolder: before.folder,
      now,
      outboundNetworks: LOOPBACK,
    })
    await party.notice(id_token, 2)
    await after.close()
    await rm(before.folder, { recursive: true })
  })
})
