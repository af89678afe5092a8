import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { issueTicket } from '../../../identity/oidc/login-ticket.ts'
import { newRequest, OFFLINE, openApplication, tokensOf } from './application.ts'
import { ADA, Browser, reachLogin } from './browser.ts'
import { type OidcWorld, openOidcWorld } from './world.ts'

let world: OidcWorld
beforeAll(async () => {
  world = await openOidcWorld()
})
afterAll(() => world.close())

/** Which of the values can be read in the files of the store. */
async function readable(values: readonly string[]): Promise<readonly string[]> {
  const names = (await readdir(world.folder)).filter((name) => !name.endsWith('.key'))
  const files = await Promise.all(names.map((name) => readFile(join(world.folder, name), 'latin1')))
  return values.filter((value) => files.some((file) => file.includes(value)))
}

describe('the store', () => {
  it('holds no token, cookie or ticket that could be used', async () => {
    const [app, browser] = [await openApplication(world), new Browser()]
    const tokens = await tokensOf(world, app, 'openid offline_access', { ...OFFLINE, browser })
    const handle = await reachLogin(world, new Browser(), (await newRequest(app)).address)
    const ticket = await issueTicket(world.service.deps, handle, ADA)
    const access = tokens.access_token.split('~')[1] ?? ''
    const secrets = [access, String(tokens.refresh_token), app.secret, ticket, ...browser.values()]
    expect(secrets.every((secret) => secret.length > 20)).toBe(true)
    expect(await readable(secrets)).toEqual([])
  })

  it('is really what the test reads', async () => {
    const tenant = await world.tenant()
    expect(await readable([tenant])).toEqual([tenant])
  })
})
