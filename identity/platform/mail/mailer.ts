import type { Transporter } from 'nodemailer'
import type { Deps } from '../../deps.ts'
import { sendToPhone } from '../messages/providers.ts'
import { type Channel, enqueueMail, type Mail, NEVER, pretend, type SendingFault, sendDue } from './outbox.ts'
import type { MailSettings } from './settings.ts'

const RETRY_MILLISECONDS = 30_000
const SMTP_MILLISECONDS = 20_000

export interface Mailer {
  /** Puts the message down; returns before it is sent, so that the answer to a request does not tell whether there was one. */
  post(tenant: string, mail: Mail): Promise<void>
  /** The same work for a message that nobody gets: how long an answer takes does not tell whether there was one, either. */
  pretend(mail: Mail): Promise<void>
  /** True when messages stay in the development outbox. */
  readonly keeps: boolean
  /** Gets what could not be sent; it is tried again. */
  onFault: (fault: SendingFault) => void
  /** Waits for the sending under way. */
  close(): Promise<void>
}

type MailParts = Pick<Deps, 'store' | 'now' | 'masterKey' | 'metrics' | 'tracing'>

/** Who takes the messages of a channel. */
type Carriers = Readonly<Partial<Record<Channel, (mail: Mail) => Promise<void>>>>

/** The sender of a service. What no carrier takes stays in the outbox. */
export function openMailer(deps: MailParts, settings: MailSettings): Mailer {
  const smtp = settings.smtpUrl === undefined ? undefined : smtpCarrier(settings.smtpUrl, settings.from)
  const carriers = { ...(smtp ? { mail: smtp.send } : {}), ...otherCarriers(settings) }
  if (Object.keys(carriers).length > 0)
    return senderTo(deps, carriers, smtp === undefined, async () => void (await smtp?.close()))
  return {
    post: (tenant, mail) => enqueueMail(deps, tenant, mail),
    pretend: (mail) => pretend(deps, mail),
    keeps: true,
    onFault: () => undefined,
    close: async () => {},
  }
}

function smtpCarrier(smtpUrl: string, from: string) {
  let transport: Promise<Transporter> | undefined
  return {
    send: async ({ to, subject, text }: Mail): Promise<void> => {
      transport ??= transportTo(smtpUrl)
      await (await transport).sendMail({ from, to, subject, text })
    },
    close: async () => (await transport)?.close(),
  }
}

function otherCarriers({ phone, letter }: MailSettings): Carriers {
  const letters = letter === undefined ? {} : { letter }
  if (phone === undefined) return letters
  const through = (channel: 'text' | 'voice') => (mail: Mail) =>
    sendToPhone(phone.name, phone.account, { channel, to: mail.to, text: mail.text, language: mail.language })
  return { ...letters, text: through('text'), voice: through('voice') }
}

const channelOf = ({ channel = 'mail' }: Mail): Channel => channel

function senderTo(deps: MailParts, carriers: Carriers, keeps: boolean, stop: () => Promise<void>): Mailer {
  const deliver = async (mail: Mail): Promise<void> => carriers[channelOf(mail)]?.(mail)
  const send = async (mail: Mail): Promise<void> => {
    const name = mail.channel === undefined ? 'smtp send' : `${mail.channel} send`
    try {
      await (deps.tracing?.call(name, () => deliver(mail)) ?? deliver(mail))
      deps.metrics?.mailed('sent')
    } catch (error) {
      deps.metrics?.mailed('failed')
      throw error
    }
  }
  let sending = Promise.resolve()
  const flush = () => {
    sending = sending
      .then(() => sendDue(deps, send))
      .then((faults) => faults.forEach((fault) => void mailer.onFault(fault)))
      .catch((error: { code?: string }) =>
        mailer.onFault({ mail: '', tenant: '', attempts: 0, code: error.code ?? 'EUNKNOWN' }),
      )
  }
  const timer = setInterval(flush, RETRY_MILLISECONDS)
  timer.unref()
  const mailer: Mailer = {
    keeps,
    onFault: () => undefined,
    post: async (tenant, mail) => {
      await enqueueMail(deps, tenant, mail, carriers[channelOf(mail)] === undefined ? NEVER : 0)
      flush()
    },
    pretend: async (mail) => {
      await pretend(deps, mail)
      flush()
    },
    close: async () => {
      clearInterval(timer)
      await sending
      await stop()
    },
  }
  return mailer
}

/** The library is loaded with the first message, so that a start need not wait for it. */
async function transportTo(url: string): Promise<Transporter> {
  const { createTransport } = await import('nodemailer')
  return createTransport({ url, connectionTimeout: SMTP_MILLISECONDS, socketTimeout: SMTP_MILLISECONDS })
}
