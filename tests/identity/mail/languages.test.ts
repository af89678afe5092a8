import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type MailName, mailOf, type NoteName, noteOf } from '../../../identity/platform/mail/texts.ts'
import { ENGLISH_MAILS, ENGLISH_NOTES } from '../../../identity/platform/mail/translations/en.ts'
import { CLIENT, type LoginWorld } from '../login/world.ts'
import { openPasswordWorld, type PasswordWorld } from '../password/world.ts'

const NAMES = Object.keys(ENGLISH_MAILS) as readonly MailName[]
const NOTES = Object.keys(ENGLISH_NOTES) as readonly NoteName[]
const FACTS = { to: 'jane@example.com', site: '[site]', username: '[username]', code: '[code]' }
const ALL = { ...FACTS, link: '[link]', minutes: '[minutes]', until: '[until]' }

const factsIn = (text: string) => [...new Set(text.match(/\[\w+\]/g))].sort()
const inLanguage = (language: string) => ({ language, own: () => undefined })
const written = (name: MailName, language: string) => {
  const { subject, text } = mailOf(name, inLanguage(language), ALL)
  return `${subject}\n${text}`
}
const noted = (name: NoteName, language: string) => noteOf(name, inLanguage(language), ALL)

describe.each(['de', 'es', 'fr', 'nl', 'sv'])('messages in %s', (language) => {
  it.each(NAMES)('%s says all that the English one says, in other words', (name) => {
    expect(factsIn(written(name, language))).toEqual(factsIn(written(name, 'en')))
    expect(written(name, language)).not.toContain('{')
    const paragraphs = (locale: string) => mailOf(name, inLanguage(locale), ALL).text.split('\n\n').length
    expect(paragraphs(language)).toBe(paragraphs('en'))
    expect(written(name, language)).not.toBe(written(name, 'en'))
  })

  it.each(NOTES)('%s says all that the English one says, in other words', (name) => {
    expect(factsIn(noted(name, language).text)).toEqual(factsIn(noted(name, 'en').text))
    expect(noted(name, language).text).not.toContain('{')
    expect(noted(name, language).text).not.toBe(noted(name, 'en').text)
    expect(noted(name, language).language).toBe(language)
  })
})

describe('the language of a message', () => {
  let passwords: PasswordWorld
  let world: LoginWorld
  let close: () => Promise<void>
  beforeAll(async () => {
    ;({ world: passwords, login: world, close } = await openPasswordWorld())
  })
  afterAll(() => close())

  async function subjectFor(locale: string | null, accepts = '', custom?: object): Promise<string | undefined> {
    const { tenant, organization } = await passwords.tenant({ display_name: 'Acme' })
    if (custom !== undefined) await passwords.cim(organization, { custom_messages: custom })
    return (await resetMail(tenant, locale, accepts))?.subject
  }
  async function resetMail(tenant: string, locale: string | null, accepts: string) {
    const [username, email] = ['jane', 'jane@example.com']
    const jane = { user_id: 'u1', tenant_id: tenant, username, email, is_verified: true, locale }
    expect(await world.admin('POST', `/v1/tenants/${tenant}/users`, jane)).toMatchObject({ body: { locale } })
    const path = `/v1/password/reset-request?client_id=${CLIENT}&tenant_id=${tenant}`
    await world.send('POST', path, { username, email }, { headers: { 'accept-language': accepts } })
    return world.mailTo(tenant, email)
  }

  it.each([
    ['de-CH', 'Acme: Setzen Sie Ihre Anmeldedaten zurück'],
    ['sv_SE', 'Acme: återställ dina inloggningsuppgifter'],
    ['it', 'Acme: reset your login secret'],
    [null, 'Acme: reset your login secret'],
  ])('follows the profile of the person: %s', async (locale, subject) => {
    expect(await subjectFor(locale)).toBe(subject)
  })

  it.each([
    ['de-AT, en;q=0.5', null, 'Acme: Setzen Sie Ihre Anmeldedaten zurück'],
    ['it, nl;q=0.5', null, 'Acme: stel je inloggegevens opnieuw in'],
    ['de', 'sv', 'Acme: återställ dina inloggningsuppgifter'],
    ['*', null, 'Acme: reset your login secret'],
  ])('of a profile without one is that of the request: %s', async (accepts, locale, subject) => {
    expect(await subjectFor(locale, accepts)).toBe(subject)
  })

  describe('own texts of the organization', () => {
    const KEY = 'mail.resetCode.subject'
    const custom = { default: { [KEY]: '{site}: fallback' }, locales: { it: { [KEY]: '{site}: codice\nnuovo' } } }

    it.each([
      ['of the language', 'it', 'Acme: codice nuovo'],
      ['without a language', 'de', 'Acme: fallback'],
    ])('%s come first', async (_, locale, subject) => {
      expect(await subjectFor(locale, '', custom)).toBe(subject)
    })

    it.each([
      ['with the code is sent', 'Il tuo codice: {code}', /^Il tuo codice: \S{6,}\n$/],
      ['that leaves out the code locks nobody out: the built-in one is sent', 'Ciao', /Hello jane/],
    ])('a text %s', async (_, text, expected) => {
      const { tenant, organization } = await passwords.tenant()
      const messages = { default: {}, locales: { it: { 'mail.resetCode.text': text } } }
      await passwords.cim(organization, { custom_messages: messages })
      expect((await resetMail(tenant, 'it', ''))?.text).toMatch(expected)
    })
  })

  it('of an invitation is the one that it names, also in the letter that goes with it', async () => {
    const { tenant, organization } = await passwords.tenant({ display_name: 'Acme' })
    const features = {
      accepting_invitation_enabled: true,
      invitation_verification_required: { via_externally_delivered_code_enabled: true },
    }
    const custom_messages = { default: {}, locales: { fr: { 'message.letterInvitation': 'Acme vous écrit : {code}' } } }
    await passwords.cim(organization, { features, custom_messages })
    await world.admin('POST', `/v1/tenants/${tenant}/invitations`, { email: 'jane@example.com', locale: 'fr-BE' })
    const { messages } = (await world.admin('GET', `/v1/tenants/${tenant}/outbox`)).body
    const texts = messages.map(({ text }: { text: string }) => text)
    expect(texts).toContainEqual(expect.stringContaining('Bonjour'))
    expect(texts).toContainEqual(expect.stringMatching(/^Acme vous écrit : \d{8}$/))
  })
})
