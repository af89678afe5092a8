import type { PasswordRules } from '../../policy/rules/password.ts'

const lengthOf = (text: string): number => [...text].length

/** Each rule that a text can break by itself, with what is said about it. */
const CHECKS: readonly ((rules: PasswordRules, text: string) => string | undefined)[] = [
  ({ minLength }, text) => (lengthOf(text) < minLength ? `needs at least ${minLength} characters` : undefined),
  ({ maxLength }, text) =>
    maxLength !== null && lengthOf(text) > maxLength ? `has at most ${maxLength} characters` : undefined,
  ({ lowerCase }, text) => (lowerCase && !/\p{Ll}/u.test(text) ? 'needs a lower-case letter' : undefined),
  ({ upperCase }, text) => (upperCase && !/\p{Lu}/u.test(text) ? 'needs a capital letter' : undefined),
  ({ specialCharacter }, text) =>
    specialCharacter && !/[^\p{L}\p{M}\p{N}]/u.test(text)
      ? 'needs a character that is neither a letter nor a digit'
      : undefined,
]

/** What a new password lacks, for people; empty when it is good. The breach check is not among it: see breached.ts. */
export const shortcomings = (rules: PasswordRules, text: string): readonly string[] =>
  CHECKS.map((check) => check(rules, text)).filter((message) => message !== undefined)

const DAY_MILLISECONDS = 24 * 3600 * 1000
/** The last moment that RFC 3339 can write. */
const LAST_MOMENT = Date.parse('9999-12-31T23:59:59.999Z')

/** The last moment at which a password is good; `undefined` when it never expires. */
export const expiryOf = ({ expiresAfterDays }: PasswordRules, setAt: string): Date | undefined =>
  expiresAfterDays === null
    ? undefined
    : new Date(Math.min(Date.parse(setAt) + expiresAfterDays * DAY_MILLISECONDS, LAST_MOMENT))

/** Whether a password is too old to sign in with. One of exactly `expiresAfterDays` is still good. */
export function isExpired(rules: PasswordRules, setAt: string, now: Date): boolean {
  const expiry = expiryOf(rules, setAt)
  return expiry !== undefined && now > expiry
}
