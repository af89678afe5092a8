import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OidcWorld, openOidcWorld } from '../oidc/world.ts'
import { begin, form, tokenOf } from './begun.ts'

let world: OidcWorld
beforeAll(async () => {
  world = await openOidcWorld()
})
afterAll(() => world.close())

/** The sign-in page of an application with this registration. */
async function shown(client: object): Promise<string> {
  const { browser, address } = await begin(world, { display_name: 'Acme' }, client)
  return (await browser.open(address)).text()
}

describe('the sign-in page of an application', () => {
  it.each([
    ['op_policy_url', 'Privacy'],
    ['op_tos_url', 'Terms'],
    ['op_user_agreement_url', 'User agreement'],
  ])('links to its %s', async (field, label) => {
    const address = 'https://shop.example.com/page'
    expect(await shown({ [field]: address })).toContain(`<a href="${address}" rel="noopener">${label}</a>`)
    expect(await shown({})).not.toContain(`>${label}</a>`)
  })

  it('shows its logo_uri', async () => {
    const logo = 'https://shop.example.com/logo.png'
    expect(await shown({ logo_uri: logo })).toContain(`<img class="logo" src="${logo}"`)
    expect(await shown({})).not.toContain('<img class="logo"')
  })

  it('names the tenant by its tenant_name', async () => {
    expect(await shown({ tenant_name: 'Acme Shop' })).toContain('<h1>Sign in to Acme Shop</h1>')
    expect(await shown({})).toContain('<h1>Sign in to Acme</h1>')
  })

  it('hides the PIN while it is typed, unless show_pin_when_typing', async () => {
    const pins = { use_pin: true, use_pattern: false, login_order: ['PIN'] }
    const field = async (show_pin_when_typing: boolean): Promise<string> => {
      const { browser, address } = await begin(world, { ...pins, show_pin_when_typing })
      const csrf = await tokenOf(await browser.open(address))
      const named = await browser.open(address, form({ csrf, username: 'ada' }))
      const page = await (await browser.open(new URL(named.headers.get('location') ?? '', address).href)).text()
      return /<input class="pin" id="[^"]*" type="([a-z]+)"/.exec(page)?.[1] ?? page
    }
    expect([await field(false), await field(true)]).toEqual(['password', 'text'])
  })
})

describe('a login page elsewhere', () => {
  it('gets the client_uri of an application by its public view', async () => {
    const tenant = await world.tenant()
    const client_uri = 'https://shop.example.com/'
    const { client_id } = await world.client(tenant, { client_uri })
    const view = await fetch(`${world.url}/v1/login/client?client_id=${client_id}&tenant_id=${tenant}`)
    expect(await view.json()).toMatchObject({ client_uri })
  })
})
