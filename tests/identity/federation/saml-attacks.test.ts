import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Said, SamlStandIn } from './saml-stand-in.ts'
import { arriveBySaml, asked, carryBack, openSamlWorld, type SamlWorld, signedInBySaml } from './saml-world.ts'
import { events, TENANT, waitAt } from './world.ts'

const OWN = { subject: 'ada', attributes: { mail: 'ada@example.com' } }

/** The assertion of an answer, signature and all, as it stands there. */
const assertionIn = (xml: string): string => /<saml:Assertion[\s\S]*<\/saml:Assertion>/.exec(xml)?.[0] ?? ''
const forged = (assertion: string): string =>
  assertion
    .replace(/<(ds:)?Signature[\s\S]*<\/(ds:)?Signature>/, '')
    .replace(/ID="[^"]*"/, 'ID="_forged"')
    .replace('>ada<', '>root<')
const inExtensions = (xml: string): string => `<samlp:Extensions>${assertionIn(xml)}</samlp:Extensions>`

/** What is wrong → with what the stand-in says it, and the reason in the audit log. */
const REFUSED: Readonly<Record<string, readonly [Said, RegExp]>> = {
  'no signature': [{ signed: 'nothing' }, /signature/i],
  'a signature by SHA-1': [{ algorithm: 'sha1' }, /algorithm that is no good/],
  'another name after the signature': [{ bent: (xml) => xml.replace('>ada<', '>root<') }, /signature|digest/i],
  'a forged assertion in place of the signed one, which moved': [
    {
      bent: (xml) =>
        xml
          .replace(assertionIn(xml), forged(assertionIn(xml)))
          .replace('<samlp:Status>', `${inExtensions(xml)}<samlp:Status>`),
    },
    /signature/i,
  ],
  'a forged assertion before the signed one': [
    { bent: (xml) => xml.replace('<saml:Assertion', `${forged(assertionIn(xml))}<saml:Assertion`) },
    /multiple assertions/,
  ],
  'the signed assertion inside a forged one': [
    {
      bent: (xml) =>
        xml.replace(
          assertionIn(xml),
          forged(assertionIn(xml)).replace('</saml:Assertion>', `${assertionIn(xml)}</saml:Assertion>`),
        ),
    },
    /signature/i,
  ],
  'a document type with an entity': [
    { bent: (xml) => `<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>${xml.replace('>ada<', '>&x;<')}` },
    /document type/,
  ],
  'no conditions': [{ withoutConditions: true }, /lacks a part/],
  'another audience': [{ audience: 'https://other.example/metadata' }, /audience/i],
  'another provider': [{ issuer: 'https://evil.example' }, /another provider/],
  'another address': [{ recipient: 'https://other.example/callback' }, /not meant for this login/],
  'another request': [{ inResponseTo: '_other' }, /InResponseTo|not valid/],
  'a login that nobody asked for': [{ inResponseTo: undefined }, /not meant for this login/],
  'a time that is over': [{ validForSeconds: -120 }, /subject confirmation|expired/],
  'a time that is to come': [{ issuedSecondsAgo: -600 }, /not yet valid|subject confirmation/],
  'a name for one login only': [
    { format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient' },
    /another name at each login/,
  ],
}

describe('an answer of a SAML identity provider is refused', () => {
  let world: SamlWorld
  let id: string
  beforeAll(async () => {
    world = await openSamlWorld()
    id = await world.saml()
    expect((await arriveBySaml(world, id, OWN)).page.status).toBe(200)
  })
  afterAll(() => world.close())

  const reason = async () => (await events(world)).at(-1)?.subject.reason

  it.each(Object.entries(REFUSED))('with %s', async (_, [wrong, why]) => {
    const { page } = await arriveBySaml(world, id, { ...OWN, ...wrong })
    expect(page.status).toBe(401)
    expect(await reason()).toMatch(why)
  })

  it('of a key that the metadata do not have', async () => {
    const stranger = await SamlStandIn.open()
    const waiting = await waitAt(world)
    const request = await asked(world, waiting, id)
    expect((await carryBack(world, waiting, request, await stranger.answer(request, OWN))).status).toBe(401)
    expect(await reason()).toMatch(/signature/i)
  })

  it('at its second use, in the same browser and in another one', async () => {
    const waiting = await waitAt(world)
    const request = await asked(world, waiting, id)
    const form = await world.standIn.answer(request, OWN)
    expect((await carryBack(world, waiting, request, form)).status).toBe(200)
    expect((await carryBack(world, waiting, request, form)).status).toBe(401)
    expect((await carryBack(world, await waitAt(world), request, form)).status).toBe(401)
  })

  it('of another login method, in which somebody else could have signed in', async () => {
    const [mine, other] = [await waitAt(world), await waitAt(world)]
    const [request, elsewhere] = [await asked(world, mine, id), await asked(world, other, id)]
    const form = await world.standIn.answer(elsewhere, OWN)
    form.set('RelayState', request.relayState)
    expect((await carryBack(world, mine, request, form)).status).toBe(401)
  })

  it('no further than its name goes: a comment in it ends nothing', async () => {
    const ada = await signedInBySaml(world, id, OWN)
    const bent = (xml: string) => xml.replace('>ada.evil<', '>ada<!---->.evil<')
    const evil = { subject: 'ada.evil', attributes: { mail: 'evil@example.com' }, bent }
    expect((await signedInBySaml(world, id, evil)).sub).not.toBe(ada.sub)
  })

  it('and its RelayState leads nowhere: it names a login here or nothing', async () => {
    const waiting = await waitAt(world)
    const request = await asked(world, waiting, id)
    const form = await world.standIn.answer(request, OWN)
    form.set('RelayState', 'https://evil.example/')
    const answer = await fetch(request.acs, { method: 'POST', body: form, redirect: 'manual' })
    expect([answer.status, answer.headers.get('location')]).toEqual([401, null])
  })

  it('when its address belongs to an account here that has not shown it', async () => {
    await world.saml({ auto_email_verification: false })
    const { page } = await arriveBySaml(world, id, { subject: 'eve', attributes: { mail: 'ada@example.com' } })
    expect(new URL(page.headers.get('location') ?? '', world.here.url).pathname).toBe(`/${TENANT}/login/with/first`)
    await world.saml()
  })
})
