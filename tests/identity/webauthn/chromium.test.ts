import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addAuthenticator, LACKS_BROWSER, launchBrowser, WHY_NOT } from '../../support/browser.ts'
import { type LoginWorld, openLoginWorld } from '../login/world.ts'

interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers of many shapes
  readonly body: any
}
interface Credential {
  readonly id: string
  readonly rawId: string
  readonly response: Readonly<Record<string, string>>
}

describe.skipIf(LACKS_BROWSER)(`a passkey in real Chromium${WHY_NOT}`, () => {
  let world: LoginWorld
  let close: () => Promise<void>
  let browser: Browser
  let page: Page

  beforeAll(async () => {
    ;({ world, close } = await openLoginWorld())
    await world.app.listen({ host: '127.0.0.1', port: 0 })
    // Browsers know passkeys for host names only.
    world.place.url = `http://localhost:${(world.app.server.address() as AddressInfo).port}`
    browser = await launchBrowser()
    page = await browser.newPage()
    await page.goto(`${world.place.url}/healthz`)
    await addAuthenticator(page)
  })
  afterAll(async () => {
    await browser?.close()
    await close?.()
  })

  /** Sends a request from inside the page, as a login page would. */
  const call = (path: string, body?: unknown, key?: string): Promise<Answer> => {
    const headers = { 'content-type': 'application/json', ...(key === undefined ? {} : { 'x-api-key': key }) }
    const init = { method: 'POST', headers, body: JSON.stringify(body) ?? '' }
    return page.evaluate(`fetch(${JSON.stringify(path)}, ${JSON.stringify(init)})
      .then(async (answer) => ({ status: answer.status, body: await answer.json() }))`)
  }

  /** `navigator.credentials.create` or `get` with options from our service (WebAuthn Level 3, sections 5.1.8 to 5.1.10). */
  const ceremony = (verb: 'create' | 'get', options: unknown): Promise<Credential> => {
    const parse = verb === 'create' ? 'parseCreationOptionsFromJSON' : 'parseRequestOptionsFromJSON'
    return page.evaluate(`navigator.credentials
      .${verb}({ publicKey: PublicKeyCredential.${parse}(${JSON.stringify(options)}) })
      .then((credential) => credential.toJSON())`)
  }

  async function register(key: string): Promise<number> {
    const options = await call('/v1/webauthn/registration/options', undefined, key)
    const { id, rawId, response } = await ceremony('create', options.body)
    const { clientDataJSON: client_data_json, attestationObject: attestation_object } = response
    const made = { id, raw_id: rawId, client_data_json, attestation_object }
    return (await call('/v1/webauthn/registration/verify', made, key)).status
  }

  async function signIn(tenant: string): Promise<Answer> {
    const naming = { username: '', tenant_id: tenant }
    const options = await call(`/v1/webauthn/authentication/options?tenant_id=${tenant}`, naming)
    const { id, rawId, response } = await ceremony('get', options.body)
    return call(`/v1/webauthn/authentication/verify?auth_req_id=${await world.begin(tenant)}`, {
      ...naming,
      id,
      raw_id: rawId,
      client_data_json: response.clientDataJSON,
      authenticator_data: response.authenticatorData,
      signature: response.signature,
      user_handle: response.userHandle,
    })
  }

  it('is registered, and signs in without a name, again and again', async () => {
    const tenant = await world.tenant()
    await world.register(tenant)
    expect(await register(await world.keyOf(tenant, await world.userId(tenant)))).toBe(200)
    const answers = [await signIn(tenant), await signIn(tenant)]
    expect(answers.map((a) => [a.status, a.body.need_verify])).toEqual([
      [200, false],
      [200, false],
    ])
  })
})
