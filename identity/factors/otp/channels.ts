import type { Deps } from '../../deps.ts'
import { phoneOf } from '../../directory/phones.ts'
import type { StoredUser } from '../../directory/users.ts'
import { addressGroup } from '../../lockout/address.ts'
import type { DigitFormat } from '../../login/mailed-digits.ts'
import type { MailCause } from '../../platform/mail/budget.ts'
import type { Channel, Mail } from '../../platform/mail/outbox.ts'
import { MAIL_TEXTS } from '../../platform/mail/texts.ts'
import { phoneNumberIn } from '../../platform/messages/numbers.ts'
import { mayText, NOBODYS } from '../../platform/messages/pumping.ts'
import type { EffectivePolicy } from '../../policy/policy.ts'

/** What a message with a code says. */
interface CodeFacts {
  readonly to: string
  readonly site: string
  readonly username: string
  readonly code: string
  readonly minutes: number
  /** Page that takes the code in the browser that began the login. */
  readonly link: string
  /** The code confirms a factor that was shown. */
  readonly confirms: boolean
  readonly policy: EffectivePolicy
  /** Over what the person asked to get it. */
  readonly by: Channel
}

/** A way on which codes reach people. */
export interface CodeChannel {
  readonly method: 'otp' | 'sms'
  readonly purpose: 'login' | 'text'
  /** Budget of the account. */
  readonly cause: MailCause
  /** Name of the event of the audit log. */
  readonly sent: string
  /** Where the codes of a user go; `undefined` when there is no such place. */
  addressOf(deps: Pick<Deps, 'store'>, user: StoredUser): Promise<string | undefined>
  /** Whether another message may go there, beside the budget of the account; `to` is no address for a name that nobody has. */
  may(deps: Pick<Deps, 'store' | 'masterKey'>, tenant: string, to: string, ip: string): Promise<boolean>
  format(numeric: DigitFormat | undefined): DigitFormat
  message(facts: CodeFacts): Mail
}

/** Length and life of a login code where the organization has not set any (notes to the Navixy contract). */
const FORMAT: DigitFormat = { digits: 6, minutes: 10 }

const MAIL: CodeChannel = {
  method: 'otp',
  purpose: 'login',
  cause: 'code',
  sent: 'login.code-sent',
  addressOf: async (_, user) => user.email,
  may: async () => true,
  // As numeric reset codes, where the organization has enabled those.
  format: (numeric) => numeric ?? FORMAT,
  message: MAIL_TEXTS.loginCode,
}

const TEXT: CodeChannel = {
  method: 'sms',
  purpose: 'text',
  cause: 'text',
  sent: 'login.text-sent',
  addressOf: async ({ store }, user) => (await phoneOf(store, user))?.number,
  may: async (deps, tenant, to, ip) => {
    // What is no number stands for a name that nobody has: the work is the same, and counts for no one else.
    const number = phoneNumberIn(to) ?? { e164: to, prefix: NOBODYS }
    return mayText(deps, { tenant, number, source: addressGroup(ip) })
  },
  format: () => FORMAT,
  message: ({ to, site, code, confirms, policy: { mobile }, by }) => {
    const own = confirms ? mobile.stepUpMessage.value : mobile.loginMessage.value
    const text = own === '' ? `${site}: your code to sign in. Give it to nobody.` : own
    return { channel: by === 'voice' ? 'voice' : 'text', to, subject: site, text: `${text} ${code}` }
  },
}

export const CODE_CHANNELS = { mail: MAIL, text: TEXT } as const
