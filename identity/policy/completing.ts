import { kindOfMethod, type Method } from '../directory/methods.ts'
import { accepted, isEnough, type Shown } from './assurance.ts'
import type { EffectivePolicy } from './policy.ts'

/** Of methods of one level, which comes first (CIM notes, "Step-up"). A passkey stands for approval on a phone, a pattern for a PIN. */
const TIES: readonly Method[] = ['passkey', 'push', 'totp', 'pin', 'pattern', 'password', 'sms', 'otp', 'letter']
const tie = (method: Method): number => (TIES.includes(method) ? TIES.indexOf(method) : TIES.length)

/** What is left of what was shown when another method comes: it takes the place of one of its kind. */
const beside = (methods: readonly Method[], method: Method): readonly Method[] => [
  ...methods.filter((shown) => kindOfMethod(shown) !== kindOfMethod(method)),
  method,
]

/** The enrolled methods each of which would complete a login: the preferred one first where the strategy leaves it to people, then the strongest. */
export function completingMethods(
  policy: EffectivePolicy,
  requested: readonly string[],
  { methods, enrolled }: Shown,
  preferred?: Method,
): readonly Method[] {
  const isPreferred = (method: Method): boolean => !policy.stepUp.strongest.value && method === preferred
  const level = (method: Method): number => policy.levels[method]?.value ?? 0
  return accepted(policy, enrolled)
    .filter((method) => isEnough(policy, requested, { methods: beside(methods, method), enrolled }))
    .toSorted((a, b) => Number(isPreferred(b)) - Number(isPreferred(a)) || level(b) - level(a) || tie(a) - tie(b))
}
