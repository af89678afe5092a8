import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type MailName, mailOf } from '../../../identity/platform/mail/texts.ts'
import { ENGLISH_MAILS } from '../../../identity/platform/mail/translations/en.ts'
import { CLIENT, type LoginWorld, openLoginWorld } from '../login/world.ts'

const NAMES = Object.keys(ENGLISH_MAILS) as readonly MailName[]
const FACTS = { to: 'jane@example.com', site: '[site]', username: '[username]', code: '[code]' }
const ALL = { ...FACTS, link: '[link]', minutes: '[minutes]', until: '[until]' }

const factsIn = (text: string) => [...new Set(text.match(/\[\w+\]/g))].sort()
const written = (name: MailName, locale: string | null) => {
  const { subject, text } = mailOf(name, locale, ALL)
  return `${subject}\n${text}`
}

describe.each(['de', 'es', 'fr', 'nl', 'sv'])('messages in %s', (language) => {
  it.each(NAMES)('%s says all that the English one says, in other words', (name) => {
    expect(factsIn(written(name, language))).toEqual(factsIn(written(name, 'en')))
    expect(written(name, language)).not.toContain('{')
    const paragraphs = (locale: string) => mailOf(name, locale, ALL).text.split('\n\n').length
    expect(paragraphs(language)).toBe(paragraphs('en'))
    expect(written(name, language)).not.toBe(written(name, 'en'))
  })
})

describe('the language of a message', () => {
  let world: LoginWorld
  let close: () => Promise<void>
  beforeAll(async () => {
    ;({ world, close } = await openLoginWorld())
  })
  afterAll(() => close())

  async function subjectFor(locale: string | null): Promise<string | undefined> {
    const tenant = await world.tenant({ display_name: 'Acme' })
    const [username, email] = ['jane', 'jane@example.com']
    const jane = { user_id: 'u1', tenant_id: tenant, username, email, is_verified: true, locale }
    expect(await world.admin('POST', `/v1/tenants/${tenant}/users`, jane)).toMatchObject({ body: { locale } })
    await world.send('POST', `/v1/password/reset-request?client_id=${CLIENT}&tenant_id=${tenant}`, { username, email })
    return (await world.mailTo(tenant, email))?.subject
  }

  it.each([
    ['de-CH', 'Acme: Setzen Sie Ihre Anmeldedaten zurück'],
    ['sv_SE', 'Acme: återställ dina inloggningsuppgifter'],
    ['it', 'Acme: reset your login secret'],
    [null, 'Acme: reset your login secret'],
  ])('follows the profile of the person: %s', async (locale, subject) => {
    expect(await subjectFor(locale)).toBe(subject)
  })
})
