/** What new passwords have to be, as one plain value; the policy of the tenant produces it. */
export interface PasswordRules {
  /** Characters (code points). */
  readonly minLength: number
  /** Characters; null: no bound. */
  readonly maxLength: number | null
  readonly lowerCase: boolean
  readonly upperCase: boolean
  /** Something that is neither a letter nor a digit. */
  readonly special: boolean
  /** A password that is known from a public breach is refused. */
  readonly refuseBreached: boolean
  /** Days of 24 hours after which a sign-in demands another one; null: never. */
  readonly maxAgeDays: number | null
}

/** Where nobody has said otherwise: length alone (NIST SP 800-63B, section 3.1.1.2). */
export const DEFAULT_RULES: PasswordRules = {
  minLength: 8,
  maxLength: null,
  lowerCase: false,
  upperCase: false,
  special: false,
  refuseBreached: false,
  maxAgeDays: null,
}

const least = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.min(a, b)

/** What satisfies both. */
export const strictest = (a: PasswordRules, b: PasswordRules): PasswordRules => ({
  minLength: Math.max(a.minLength, b.minLength),
  maxLength: least(a.maxLength, b.maxLength),
  lowerCase: a.lowerCase || b.lowerCase,
  upperCase: a.upperCase || b.upperCase,
  special: a.special || b.special,
  refuseBreached: a.refuseBreached || b.refuseBreached,
  maxAgeDays: least(a.maxAgeDays, b.maxAgeDays),
})

const lengthOf = (text: string): number => [...text].length

/** Each rule that a text can break by itself, with what is said about it. */
const CHECKS: readonly ((rules: PasswordRules, text: string) => string | undefined)[] = [
  ({ minLength }, text) => (lengthOf(text) < minLength ? `needs at least ${minLength} characters` : undefined),
  ({ maxLength }, text) =>
    maxLength !== null && lengthOf(text) > maxLength ? `has at most ${maxLength} characters` : undefined,
  ({ lowerCase }, text) => (lowerCase && !/\p{Ll}/u.test(text) ? 'needs a lower-case letter' : undefined),
  ({ upperCase }, text) => (upperCase && !/\p{Lu}/u.test(text) ? 'needs a capital letter' : undefined),
  ({ special }, text) =>
    special && !/[^\p{L}\p{M}\p{N}]/u.test(text) ? 'needs a character that is neither a letter nor a digit' : undefined,
]

/** What a new password lacks, for people; empty when it is good. The breach check is not among it: see breached.ts. */
export const shortcomings = (rules: PasswordRules, text: string): readonly string[] =>
  CHECKS.map((check) => check(rules, text)).filter((message) => message !== undefined)

const DAY_MILLISECONDS = 24 * 3600 * 1000
/** The last moment that a Date can be. */
const LAST_MOMENT = 8.64e15

/** The last moment at which a password is good; `undefined` when it never expires. */
export const expiryOf = ({ maxAgeDays }: PasswordRules, setAt: string): Date | undefined =>
  maxAgeDays === null ? undefined : new Date(Math.min(Date.parse(setAt) + maxAgeDays * DAY_MILLISECONDS, LAST_MOMENT))

/** Whether a password is too old to sign in with. One of exactly `maxAgeDays` is still good. */
export function isExpired(rules: PasswordRules, setAt: string, now: Date): boolean {
  const expiry = expiryOf(rules, setAt)
  return expiry !== undefined && now > expiry
}
