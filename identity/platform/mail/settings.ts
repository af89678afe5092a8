import { PlumblineError } from '../../../config/errors.ts'
import { type LetterCarrier, letterCarrier } from '../messages/letters.ts'
import { accountIn, type ProviderAccount } from '../messages/providers.ts'

/** Where mail goes. Without `smtpUrl` it stays in the development outbox. */
export interface MailSettings {
  /** `smtp://` or `smtps://`, with user and password when the server asks for them. A secret. */
  readonly smtpUrl?: string
  readonly from: string
  /** Who sends text messages and calls; without one they stay in the development outbox. */
  readonly phone?: { readonly name: string; readonly account: ProviderAccount }
  /** Who gets codes that are delivered outside the service; without one they stay in the development outbox. */
  readonly letter?: LetterCarrier
}

/** Messages stay in the development outbox. */
export const DEFAULT_MAIL: MailSettings = { from: 'Plumbline <no-reply@localhost>' }

/** Reads PLUMBLINE_SMTP_URL, PLUMBLINE_MAIL_FROM, PLUMBLINE_SMS_URL and PLUMBLINE_LETTER_URL. Throws USAGE for an address of another kind, without showing it. */
export function mailSettings(env: Readonly<Record<string, string | undefined>>): MailSettings {
  const { PLUMBLINE_SMTP_URL: smtpUrl, PLUMBLINE_MAIL_FROM: from = DEFAULT_MAIL.from } = env
  const { PLUMBLINE_SMS_URL: sms, PLUMBLINE_LETTER_URL: letter } = env
  const others = {
    ...(sms === undefined ? {} : { phone: accountIn('PLUMBLINE_SMS_URL', sms) }),
    ...(letter === undefined ? {} : { letter: letterCarrier(letter) }),
  }
  if (smtpUrl === undefined) return { from, ...others }
  const protocol = URL.parse(smtpUrl)?.protocol
  if (protocol !== 'smtp:' && protocol !== 'smtps:')
    throw new PlumblineError('USAGE', 'PLUMBLINE_SMTP_URL has to look like smtps://user:password@mail.example.com')
  return { smtpUrl, from, ...others }
}
