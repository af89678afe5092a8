import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { USERS } from '../../../identity/directory/users.ts'
import { LACKS_SIMPLESAML, openSimpleSaml, type SimpleSaml, WHY_NO_SIMPLESAML } from '../../support/simplesaml.ts'
import { Browser, target } from '../oidc/browser.ts'
import {
  AFTER,
  type FederationWorld,
  isSignedIn,
  openFederationWorld,
  press,
  signOut,
  TENANT,
  textOf,
  tokensOf,
  waitAt,
} from './world.ts'

const PEOPLE = {
  jane: { uid: 'jane', mail: 'jane@partner.example', givenName: 'Jane', sn: 'Doe' },
  john: { uid: 'john', mail: 'john@partner.example', givenName: 'John', sn: 'Roe' },
}

describe.skipIf(LACKS_SIMPLESAML)(`SAML with SimpleSAMLphp at the other side${WHY_NO_SIMPLESAML}`, () => {
  let world: FederationWorld
  let peer: SimpleSaml
  let id: string
  let metadata: string
  beforeAll(async () => {
    peer = await openSimpleSaml(PEOPLE)
    world = await openFederationWorld()
    const method = {
      type: 'SAML',
      name: 'Partner',
      enabled: true,
      authentication_level: 2,
      auto_email_verification: true,
    }
    const saml_attributes = { idp_metadata: await peer.metadata() }
    await world.add({ ...method, saml_attributes })
    id = String((await world.methods()).Partner)
    metadata = await (await fetch(`${world.here.url}/${TENANT}/login/with/${id}/metadata`)).text()
  })
  beforeEach(() => peer.trust([metadata]))
  afterAll(async () => {
    await world?.close()
    await peer?.close()
  })

  /** Follows what stays at the other side; returns the last answer there, or the one that leads back here. */
  const there = async (browser: Browser, address: URL): Promise<Response> => {
    let answer = await browser.open(address.href)
    for (let hops = 0; hops < 10 && answer.headers.has('location'); hops++) {
      const next = target(answer, answer.url)
      if (next.origin !== peer.url) return answer
      answer = await browser.open(next.href)
    }
    return answer
  }
  /** Carries on a page that posts itself to here; it comes from another site, and so without cookies. */
  const carry = async (page: Response): Promise<Response> => {
    const html = await page.text()
    const action = /action="([^"]+)"/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? ''
    const inputs = [...html.matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g)]
    if (!action.startsWith(world.here.url)) throw new Error(`the page leads elsewhere: ${action} ${textOf(html)}`)
    const body = new URLSearchParams(inputs.map(([, name = '', value = '']) => [name, unescaped(value)]))
    return fetch(action, { method: 'POST', body, redirect: 'manual' })
  }
  const unescaped = (text: string) => text.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&#039;', "'")

  const signIn = async (name: keyof typeof PEOPLE) => {
    const waiting = await waitAt(world)
    const partner = new Browser()
    const form = await there(partner, target(await press(world, waiting, id), world.here.url))
    const answer = await partner.submit(form, { username: name, password: `secret of ${name}` })
    const posted = answer.headers.has('location') ? await there(partner, target(answer, form.url)) : answer
    const page = await waiting.browser.open(target(await carry(posted), world.here.url).href)
    const tokens = await tokensOf(world, waiting, page)
    const user = await world.here.service.deps.store.get(USERS, TENANT, String(tokens.claims()?.sub))
    return { browser: waiting.browser, partner, idToken: String(tokens.id_token), user }
  }

  it('takes a signed assertion of it, with what it says about the person', async () => {
    const { user } = await signIn('jane')
    expect(user).toMatchObject({
      email: 'jane@partner.example',
      is_verified: true,
      attributes: { name: { givenName: 'Jane', familyName: 'Doe' } },
    })
    expect((await signIn('jane')).user?.user_id).toBe(user?.user_id)
    expect((await signIn('john')).user?.user_id).not.toBe(user?.user_id)
  })

  it('takes an encrypted assertion of it', async () => {
    await peer.trust([metadata], { encrypts: true })
    expect((await signIn('jane')).user).toMatchObject({ email: 'jane@partner.example' })
  })

  it('ends the session there with a logout here, and goes on to the application', async () => {
    const { browser, partner, idToken } = await signIn('jane')
    const begun = await browser.open(target(await signOut(world, browser, idToken), world.here.url).href)
    const answer = await there(partner, target(begun, world.here.url))
    const back = answer.headers.has('location')
      ? await browser.open(target(answer, answer.url).href)
      : await carry(answer)
    expect(back.headers.get('location')).toBe(`${AFTER}?state=app-state`)
    expect(await isSignedIn(world, browser)).toBe(false)
    const again = await there(partner, target(await press(world, await waitAt(world), id), world.here.url))
    expect(await again.text()).toContain('type="password"')
  })

  it('ends the session here with a logout there, which hears that it is done', async () => {
    const { browser, partner } = await signIn('jane')
    const other = await signIn('john')
    const ReturnTo = `https://app.example.com/done`
    const asking = await there(
      partner,
      new URL(`${peer.url}/saml2/idp/SingleLogoutService.php?${new URLSearchParams({ ReturnTo })}`),
    )
    const answered = asking.headers.has('location')
      ? await browser.open(target(asking, asking.url).href)
      : await carry(asking)
    expect(await isSignedIn(world, browser)).toBe(false)
    expect(await isSignedIn(world, other.browser)).toBe(true)
    const end = await there(partner, target(answered, world.here.url))
    expect(end.headers.get('location')).toBe(ReturnTo)
  })
})
