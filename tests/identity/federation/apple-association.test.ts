import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ACCESS } from '../settings/runtime.ts'
import { type FederationWorld, openFederationWorld, TENANT } from './world.ts'

const FILE = '.well-known/apple-developer-domain-association.txt'
const CONTENT = 'MIIQ\nof acme'

describe('domain_verification_file_content of Sign in with Apple', () => {
  let world: FederationWorld
  beforeAll(async () => {
    world = await openFederationWorld()
  })
  afterAll(() => world.close())

  const get = async (path: string) => {
    const answer = await fetch(`${world.here.url}/${path}`)
    return [answer.status, answer.headers.get('content-type'), await answer.text()] as const
  }

  it('is served where Apple looks for it, before the method is switched on, and not without it', async () => {
    expect((await get(FILE))[0]).toBe(404)
    expect((await get(`${TENANT}/${FILE}`))[0]).toBe(404)
    await world.add({
      type: 'SIGN_IN_WITH_APPLE',
      name: 'Apple',
      enabled: false,
      sign_in_with_apple_attributes: { domain_verification_file_content: CONTENT },
    })
    const served = [200, 'text/plain', CONTENT]
    expect(await get(FILE)).toEqual(served)
    expect(await get(`${TENANT}/${FILE}`)).toEqual(served)
  })

  it('is below its tenants alone where the host is of several organizations', async () => {
    await world.here.admin('POST', '/v1/organizations', { organization_id: 'other', access: ACCESS })
    expect((await get(FILE))[0]).toBe(404)
    expect((await get(`${TENANT}/${FILE}`))[0]).toBe(200)
    expect((await get(`unknown/${FILE}`))[0]).toBe(404)
  })
})
