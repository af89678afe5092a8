import { describe, expect, it } from 'vitest'
import { openMailer } from '../../../identity/platform/mail/mailer.ts'
import { type Mail, readOutbox, type SendingFault } from '../../../identity/platform/mail/outbox.ts'
import { mailSettings } from '../../../identity/platform/mail/settings.ts'
import { phoneNumberIn } from '../../../identity/platform/messages/numbers.ts'
import { openStill } from '../still.ts'
import { openStandIn } from './stand-ins.ts'

const TEXT: Mail = { channel: 'text', to: '+15005550001', subject: 'Acme', text: 'Your code: 123456 <&>' }

/** Sends one message through a stand-in; returns what it took, what stays and what failed. */
async function sent(name: string, message: Mail = TEXT, password?: string) {
  const [still, standIn] = [await openStill(), await openStandIn(name)]
  const faults: SendingFault[] = []
  const mailer = openMailer(still.deps, mailSettings({ PLUMBLINE_SMS_URL: standIn.address(password) }))
  mailer.onFault = (fault) => faults.push(fault)
  await mailer.post('t', message)
  await mailer.close()
  const left = await readOutbox(still.deps, 't', 10)
  standIn.close()
  await still.close()
  return { taken: standIn.taken, left: left.length, faults: faults.map(({ code }) => code) }
}

describe('a text message', () => {
  it.each([
    ['twilio', '+15005550001'],
    ['vonage', '15005550001'],
    ['sns', '+15005550001'],
    ['webhook', '+15005550001'],
  ])('goes out by %s', async (name, to) => {
    expect(await sent(name)).toEqual({ taken: [{ to, text: TEXT.text }], left: 0, faults: [] })
  })

  it.each([
    ['twilio', 'E401'],
    ['vonage', 'EREFUSED4'],
    ['webhook', 'E401'],
  ])('that %s refuses stays, and the fault tells neither number nor text', async (name, code) => {
    expect(await sent(name, TEXT, 'wrong')).toEqual({ taken: [], left: 1, faults: [code] })
  })

  it('is spoken by Twilio, each digit by itself', async () => {
    const { taken } = await sent('twilio', { ...TEXT, channel: 'voice' })
    expect(taken[0]?.text).toContain('<Say language="en-US">Your code: 1, 2, 3, 4, 5, 6 &#60;&#38;&#62;</Say>')
  })

  it('is spoken in its language, in English where the voice does not have it', async () => {
    const voiceOf = async (language: string) =>
      (await sent('twilio', { ...TEXT, channel: 'voice', language })).taken[0]?.text.match(
        /<Say language="([^"]+)">/,
      )?.[1]
    expect([await voiceOf('sv'), await voiceOf('x-"')]).toEqual(['sv-SE', 'en-US'])
  })

  it('is not spoken by who has no calls', async () => {
    expect(await sent('vonage', { ...TEXT, channel: 'voice' })).toMatchObject({ taken: [], faults: ['ENOCHANNEL'] })
  })

  it('waits in the development outbox where no provider is set, and mail where no server is', async () => {
    expect(await sent('twilio', { to: 'jane@example.com', subject: 's', text: 't' })).toMatchObject({
      taken: [],
      left: 1,
    })
  })
})

describe('the settings', () => {
  it.each(['https://user:hunter2@example.com', 'twilio:hunter2', 'nexmo://a:hunter2@b'])('refuse %s', (address) => {
    const read = () => mailSettings({ PLUMBLINE_SMS_URL: address })
    expect(read).toThrow('PLUMBLINE_SMS_URL has to look like twilio://')
    expect(read).not.toThrow('hunter2')
  })
})

describe('a telephone number', () => {
  it.each([
    ['+49 1512 3456789', '+4915123456789'],
    ['+1 (212) 555-2368', '+12125552368'],
    ['0151 23456789', undefined],
    ['+49', undefined],
    ['+1 900 555 0199', undefined],
    ['+44 871 234 5678', undefined],
    ["+49 1512 3456789'; DROP", undefined],
  ])('%s is %s', async (text, e164) => {
    expect((await phoneNumberIn(text))?.e164).toBe(e164)
  })
})
