import type { Transporter } from 'nodemailer'
import type { Deps } from '../../deps.ts'
import { enqueueMail, type Mail, pretend, type SendingFault, sendDue } from './outbox.ts'
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

/** The sender of a service. */
export function openMailer(deps: MailParts, settings: MailSettings): Mailer {
  const { smtpUrl } = settings
  if (smtpUrl === undefined)
    return {
      post: (tenant, mail) => enqueueMail(deps, tenant, mail),
      pretend: (mail) => pretend(deps, mail),
      keeps: true,
      onFault: () => undefined,
      close: async () => {},
    }
  return senderTo(deps, smtpUrl, settings.from)
}

function senderTo(deps: MailParts, smtpUrl: string, from: string): Mailer {
  let transport: Promise<Transporter> | undefined
  const deliver = async (mail: Mail): Promise<void> => {
    transport ??= transportTo(smtpUrl)
    await (await transport).sendMail({ from, ...mail })
  }
  const send = async (mail: Mail): Promise<void> => {
    try {
      await (deps.tracing?.call('smtp send', () => deliver(mail)) ?? deliver(mail))
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
    keeps: false,
    onFault: () => undefined,
    post: async (tenant, mail) => {
      await enqueueMail(deps, tenant, mail)
      flush()
    },
    pretend: async (mail) => {
      await pretend(deps, mail)
      flush()
    },
    close: async () => {
      clearInterval(timer)
      await sending
      if (transport !== undefined) (await transport).close()
    },
  }
  return mailer
}

/** The library is loaded with the first message, so that a start need not wait for it. */
async function transportTo(url: string): Promise<Transporter> {
  const { createTransport } = await import('nodemailer')
  return createTransport({ url, connectionTimeout: SMTP_MILLISECONDS, socketTimeout: SMTP_MILLISECONDS })
}
