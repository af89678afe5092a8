import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LACKS_BROWSER, WHY_NOT } from '../../support/browser.ts'
import { LOOPBACK } from '../oidc/world.ts'
import { giveName, press, tapPin } from '../pages/acts.ts'
import { openPagesWorld, type PagesWorld, SECRET } from '../pages/world.ts'
import { ACCESS } from '../settings/runtime.ts'

describe.skipIf(LACKS_BROWSER)(`signing in at another provider by browser${WHY_NOT}`, () => {
  let world: PagesWorld
  let close: () => Promise<void>
  /** The tenant where people have an account, and the one where they sign in with it. */
  let there: string
  let here: string
  beforeAll(async () => {
    ;({ world, close } = await openPagesWorld({ outboundNetworks: LOOPBACK }))
    there = await world.tenant({ use_pattern: false, display_name: 'Elsewhere' })
    here = await world.tenant({ use_pattern: false })
    await world.offerEverything(here)
    const id = await writeMethod()
    const redirect_uris = [`${world.url}/${here}/login/with/${id}/callback`]
    const client = { client_id: 'acme', name: 'Acme', tenant_id: there, redirect_uris }
    const { client_secret } = await world.admin<{ client_secret: string }>('POST', '/v1/clients', client)
    const path = `/v1/organizations/org-${here}/login-methods/${id}/client-secret`
    await world.admin('PUT', path, { client_secret })
  })
  afterAll(() => close?.())

  const writeMethod = async (): Promise<string> => {
    const method = {
      type: 'OPEN_ID_CONNECT',
      name: 'Elsewhere',
      enabled: true,
      authentication_level: 1,
      auto_email_verification: true,
      open_id_connect_attributes: {
        client_id: 'acme',
        discovery_url: `${world.url}/${there}/oidc/.well-known/openid-configuration`,
      },
    }
    const basic = Buffer.from(`${ACCESS.cim.username}:${ACCESS.cim.password}`).toString('base64')
    const path = `/orgs/org-${here}/cim/api/v2/config`
    const units = { login_methods: { login_methods: [{ id: 'username-and-password' }, method] } }
    await world.post(path, units, { authorization: `Basic ${basic}` })
    const listed = `/v1/organizations/org-${here}/login-methods`
    const { login_methods } = await world.admin<{ login_methods: { id: string }[] }>('GET', listed)
    return String(login_methods[0]?.id)
  }

  it('leads there, takes the person in under their PIN there, and brings them back to the application', async () => {
    await world.person(there, 'jane', { pin: 6 }, { pin: SECRET.pin })
    const page = await world.page()
    const asked = await world.begin(page, here)
    await page.getByRole('link', { name: 'Sign in with Elsewhere' }).click()
    await page.getByRole('heading', { name: 'Sign in to Elsewhere' }).waitFor()
    await giveName(page)
    await tapPin(page, SECRET.pin)
    await press(page, 'Sign in')
    const claims = await world.claims(page, asked)
    expect(claims.amr).toContain('fed')
    const user = await world.admin('GET', `/v1/tenants/${here}/users/${claims.sub}`)
    expect(user).toMatchObject({ email: 'jane@example.com', is_verified: true })
  })

  it('asks the owner of an account here for its PIN once, and never again', async () => {
    await world.person(there, 'joan', { pin: 6 }, { pin: SECRET.pin })
    const own = await world.person(here, 'joan', { pin: 6 }, { pin: '739154' })
    const page = await world.page()
    const first = await world.begin(page, here)
    await page.getByRole('link', { name: 'Sign in with Elsewhere' }).click()
    await giveName(page, 'joan')
    await tapPin(page, SECRET.pin)
    await press(page, 'Sign in')
    await page.getByText('There is an account with the e-mail address joan@example.com.').waitFor()
    await page.getByRole('link', { name: 'Sign in to my account' }).click()
    await page.getByText('joan@example.com at Elsewhere is connected with your account').waitFor()
    await giveName(page, 'joan')
    await tapPin(page, '739154')
    await press(page, 'Sign in')
    expect(await world.claims(page, first)).toMatchObject({ sub: own })

    const again = await world.page()
    const second = await world.begin(again, here)
    await again.getByRole('link', { name: 'Sign in with Elsewhere' }).click()
    await giveName(again, 'joan')
    await tapPin(again, SECRET.pin)
    await press(again, 'Sign in')
    expect(await world.claims(again, second)).toMatchObject({ sub: own, amr: expect.arrayContaining(['fed']) })
  })
})
