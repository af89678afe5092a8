import type { Deps } from '../../deps.ts'
import { phoneOf } from '../../directory/phones.ts'
import type { StoredUser } from '../../directory/users.ts'
import { addressGroup } from '../../lockout/address.ts'
import { numericFormatOf } from '../../login/code-policy.ts'
import type { DigitFormat } from '../../login/mailed-digits.ts'
import { mayWrite } from '../../login/written-letters.ts'
import type { MailCause } from '../../platform/mail/budget.ts'
import type { Channel, Mail } from '../../platform/mail/outbox.ts'
import { type MessageWording, mailOf, noteOf } from '../../platform/mail/texts.ts'
import { phoneNumberIn } from '../../platform/messages/numbers.ts'
import { mayText, NOBODYS } from '../../platform/messages/pumping.ts'
import type { EffectivePolicy } from '../../policy/policy.ts'

/** What a message with a code says. */
interface CodeFacts {
  readonly to: string
  readonly site: string
  readonly username: string
  readonly wording: MessageWording
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

/** A message that somebody asks for. */
interface CodeOccasion {
  readonly tenant: string
  readonly to: string
  readonly ip: string
  readonly policy: EffectivePolicy
}

/** A way on which codes reach people. */
export interface CodeChannel {
  readonly method: 'otp' | 'sms' | 'letter'
  readonly purpose: 'login' | 'text' | 'letter'
  /** Budget of the account. */
  readonly cause: MailCause
  /** Name of the event of the audit log. */
  readonly sent: string
  /** Where the codes of a user go; `undefined` when there is no such place. */
  addressOf(deps: Pick<Deps, 'store'>, user: StoredUser): Promise<string | undefined>
  /** Whether another message may go there, beside the budget of the account; `to` is no address for a name that nobody has. */
  may(deps: Pick<Deps, 'store' | 'masterKey'>, occasion: CodeOccasion): Promise<boolean>
  format(policy: EffectivePolicy): DigitFormat
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
  format: (policy) => numericFormatOf(policy) ?? FORMAT,
  message: ({ wording, ...facts }) => mailOf('loginCode', wording, facts),
}

const TEXT: CodeChannel = {
  method: 'sms',
  purpose: 'text',
  cause: 'text',
  sent: 'login.text-sent',
  addressOf: async ({ store }, user) => (await phoneOf(store, user))?.number,
  may: async (deps, { tenant, to, ip }) => {
    // What is no number stands for a name that nobody has: the work is the same, and counts for no one else.
    const number = (await phoneNumberIn(to)) ?? { e164: to, prefix: NOBODYS }
    return mayText(deps, { tenant, number, source: addressGroup(ip) })
  },
  format: () => FORMAT,
  message: ({ wording, confirms, policy: { mobile }, by, ...facts }) => {
    const own = confirms ? mobile.stepUpMessage.value : mobile.loginMessage.value
    const note = noteOf('textLogin', wording, facts)
    const text = own === '' ? note.text : `${own} ${facts.code}`
    return { ...note, text, channel: by === 'voice' ? 'voice' : 'text' }
  },
}

/** Codes that somebody outside the service delivers: they take days, and live for weeks. */
const LETTER_MINUTES = 28 * 24 * 60

const LETTER: CodeChannel = {
  method: 'letter',
  purpose: 'letter',
  cause: 'letter',
  sent: 'login.letter-sent',
  addressOf: async (_, user) => user.username,
  may: (deps, { tenant, to, policy }) => mayWrite(deps, tenant, to, policy.letters.pause.value),
  format: ({ letters }) => {
    const unavailableFor = letters.unavailableFor.value
    return { digits: 8, minutes: LETTER_MINUTES + Math.ceil(unavailableFor / 60), unavailableFor }
  },
  message: ({ wording, ...facts }) => ({ ...noteOf('letterLogin', wording, facts), channel: 'letter' }),
}

export const CODE_CHANNELS = { mail: MAIL, text: TEXT, letter: LETTER } as const
