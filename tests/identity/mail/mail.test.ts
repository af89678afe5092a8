import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openMailer } from '../../../identity/platform/mail/mailer.ts'
import { enqueueMail, readOutbox, type SendingFault, sendDue } from '../../../identity/platform/mail/outbox.ts'
import { mailSettings } from '../../../identity/platform/mail/settings.ts'
import { openStill, type Still } from '../still.ts'

const MAIL = { to: 'jane@example.com', subject: 'Grüße', text: 'Your code is 7Q2MA.\n' }
const TENANT = 'acme-web'

let still: Still
beforeEach(async () => {
  still = await openStill()
  return () => still.close()
})

/** A mail server that keeps what it gets, or refuses it. */
class Server {
  readonly got: string[] = []
  refuses = false
  readonly #server = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'],
    logger: false,
    onRcptTo: (_address, _session, done) => done(this.refuses ? new Error('no jane@example.com here') : null),
    onData: (stream, _session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        this.got.push(Buffer.concat(chunks).toString())
        done()
      })
    },
  })

  async listen(): Promise<string> {
    const { server } = this.#server
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  close = () => new Promise<void>((resolve) => this.#server.close(resolve))
}

const server = new Server()
let smtpUrl = ''
beforeAll(async () => {
  smtpUrl = await server.listen()
})
afterAll(() => server.close())
beforeEach(() => {
  server.got.length = 0
  server.refuses = false
})

const faults: SendingFault[] = []
const open = () => {
  faults.length = 0
  const mailer = openMailer(still.deps, { smtpUrl, from: 'Plumbline <no-reply@example.com>' })
  mailer.onFault = (fault) => faults.push(fault)
  return mailer
}

describe('a message', () => {
  it('goes to the mail server and leaves the outbox', async () => {
    const mailer = open()
    await mailer.post(TENANT, MAIL)
    await mailer.close()
    expect(server.got).toEqual([
      expect.stringMatching(/From: Plumbline <no-reply@example\.com>\r\nTo: jane@example\.com/),
    ])
    expect(await readOutbox(still.deps, TENANT, 10)).toEqual([])
  })

  it('that the server refuses stays and goes out later', async () => {
    server.refuses = true
    const mailer = open()
    await mailer.post(TENANT, MAIL)
    await mailer.close()
    expect(server.got).toEqual([])
    server.refuses = false
    still.clock.now = new Date(still.clock.now.getTime() + 5 * 60_000)
    const again = open()
    await again.post(TENANT, MAIL)
    await again.close()
    expect(server.got).toHaveLength(2)
  })

  it('that cannot be sent is reported without its address or text', async () => {
    server.refuses = true
    const mailer = open()
    await mailer.post(TENANT, MAIL)
    await mailer.close()
    expect(faults).toEqual([{ mail: expect.any(String), tenant: TENANT, attempts: 1, code: 'EENVELOPE' }])
  })

  it('is sent by one of several senders', async () => {
    await enqueueMail(still.deps, TENANT, MAIL)
    const sent: string[] = []
    const send = async ({ to }: { to: string }) => void sent.push(to)
    await Promise.all(Array.from({ length: 8 }, () => sendDue(still.deps, send)))
    expect(sent).toEqual([MAIL.to])
  })

  it('is forgotten after a day', async () => {
    await enqueueMail(still.deps, TENANT, MAIL)
    still.clock.now = new Date(still.clock.now.getTime() + 24 * 3600_000)
    expect(await readOutbox(still.deps, TENANT, 10)).toEqual([])
  })
})

describe('the development outbox', () => {
  it('keeps messages where no mail server is set, for their tenant only', async () => {
    const mailer = openMailer(still.deps, { from: 'x@example.com' })
    await mailer.post(TENANT, MAIL)
    expect(await readOutbox(still.deps, TENANT, 10)).toEqual([expect.objectContaining(MAIL)])
    expect(await readOutbox(still.deps, 'other', 10)).toEqual([])
  })
})

describe('the settings', () => {
  it('refuse an address of another kind, without showing it', () => {
    expect(() => mailSettings({ PLUMBLINE_SMTP_URL: 'https://user:hunter2@example.com' })).toThrow(
      'PLUMBLINE_SMTP_URL has to look like smtps://user:password@mail.example.com',
    )
  })
})
