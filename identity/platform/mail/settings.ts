import { PlumblineError } from '../../../config/errors.ts'

/** Where mail goes. Without `smtpUrl` it stays in the development outbox. */
export interface MailSettings {
  /** `smtp://` or `smtps://`, with user and password when the server asks for them. A secret. */
  readonly smtpUrl?: string
  readonly from: string
}

/** Messages stay in the development outbox. */
export const DEFAULT_MAIL: MailSettings = { from: 'Plumbline <no-reply@localhost>' }

/** Reads PLUMBLINE_SMTP_URL and PLUMBLINE_MAIL_FROM. Throws USAGE for an address of another kind, without showing it. */
export function mailSettings(env: Readonly<Record<string, string | undefined>>): MailSettings {
  const { PLUMBLINE_SMTP_URL: smtpUrl, PLUMBLINE_MAIL_FROM: from = DEFAULT_MAIL.from } = env
  if (smtpUrl === undefined) return { from }
  const protocol = URL.parse(smtpUrl)?.protocol
  if (protocol !== 'smtp:' && protocol !== 'smtps:')
    throw new PlumblineError('USAGE', 'PLUMBLINE_SMTP_URL has to look like smtps://user:password@mail.example.com')
  return { smtpUrl, from }
}
