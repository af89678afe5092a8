import type { Method } from '../directory/methods.ts'
import { assuranceOf, isDevice, MULTI_FACTOR, onlyConfirms, SINGLE_FACTOR } from '../directory/methods.ts'
import type { EffectivePolicy } from './policy.ts'
import type { Factors } from './rules/login.ts'

/** `acr_values` of a client that asks for a step-up and names no level: CIM's default level counts. */
export const STEP_UP_ACR = 'urn:plumbline:acr:step-up'
/** Followed by a level of CIM, e.g. `urn:plumbline:acr:level:3`. */
const LEVEL = 'urn:plumbline:acr:level:'

export const acrOfLevel = (level: number): string => `${LEVEL}${level}`

/** Level of a login: that of the strongest method that was shown. */
export const levelOf = ({ levels }: EffectivePolicy, methods: readonly Method[]): number =>
  Math.max(0, ...methods.map((method) => levels[method]?.value ?? 0))

/** What an `acr` value asks of a login; `undefined` for one that is not ours. */
function needOf(
  { demands }: EffectivePolicy,
  acr: string,
): { readonly level: number; readonly several: boolean } | undefined {
  if (acr === SINGLE_FACTOR) return { level: 0, several: false }
  if (acr === MULTI_FACTOR) return { level: 0, several: true }
  if (acr === STEP_UP_ACR) return { level: demands.default.value, several: false }
  const level = new RegExp(`^${LEVEL}([0-9]{1,9})$`).exec(acr)?.[1]
  return level === undefined ? undefined : { level: Number(level), several: false }
}

/** The first of the requested values that a login by these methods satisfies. A client lists them in order of preference. */
export const satisfiedAcr = (
  policy: EffectivePolicy,
  requested: readonly string[],
  methods: readonly Method[],
): string | undefined =>
  requested.find((acr) => {
    const need = needOf(policy, acr)
    return need && levelOf(policy, methods) >= need.level && (!need.several || isMultiFactor(methods))
  })

/** Whether a login satisfies a client's `acr_values`. Values that are not ours ask for nothing (OpenID Connect Core, section 3.1.2.1). */
export const satisfies = (policy: EffectivePolicy, requested: readonly string[], methods: readonly Method[]): boolean =>
  !requested.some((acr) => needOf(policy, acr) !== undefined) || satisfiedAcr(policy, requested, methods) !== undefined

const isMultiFactor = (methods: readonly Method[]): boolean => assuranceOf(methods).acr === MULTI_FACTOR

/** What each number of factors takes; two of the same kind are one. */
const ENOUGH: Readonly<Record<Factors, (policy: EffectivePolicy, methods: readonly Method[]) => boolean>> = {
  one: (policy, methods) => methods.some((method) => standsAlone(policy, method)),
  two: (_, methods) => isMultiFactor(methods),
  'two with a passkey': (_, methods) => isMultiFactor(methods) && methods.includes('passkey'),
}

/** Whether somebody can sign in with the method alone, where one factor is enough. */
export const standsAlone = ({ mobile }: EffectivePolicy, method: Method): boolean =>
  !onlyConfirms(method) || (method === 'sms' && mobile.alone.value)

/** What a person has shown, and could show. */
export interface Shown {
  readonly methods: readonly Method[]
  /** What is enrolled. */
  readonly enrolled: readonly Method[]
}

/** Whether what was shown completes a login with these `acr_values`. */
export function isEnough(policy: EffectivePolicy, requested: readonly string[], { methods, enrolled }: Shown): boolean {
  if (!ENOUGH[policy.login.factors.value](policy, methods) || !satisfies(policy, requested, methods)) return false
  const stepsUp = requested.some((acr) => (needOf(policy, acr)?.level ?? 0) > 0)
  return (
    !stepsUp ||
    !policy.stepUp.strongest.value ||
    levelOf(policy, methods) >= levelOf(policy, accepted(policy, enrolled))
  )
}

export const accepted = ({ methods }: EffectivePolicy, some: readonly Method[]): readonly Method[] =>
  some.filter((method) => methods[method]?.value)

/** Whether the person can complete such a login with what is enrolled. */
const isReachable = (policy: EffectivePolicy, requested: readonly string[], { methods, enrolled }: Shown): boolean =>
  isEnough(policy, requested, { methods: [...methods, ...accepted(policy, enrolled)], enrolled })

/** What can be set up in the middle of a login. */
const FIRST_METHODS = ['passkey', 'totp'] as const

/** The methods that the person may set up with what was shown so far, each of which would complete the login. */
export function enrollable(
  policy: EffectivePolicy,
  requested: readonly string[],
  shown: Shown,
): readonly (typeof FIRST_METHODS)[number][] {
  if (!mayEnrolFirst(policy, shown.enrolled) || isReachable(policy, requested, shown)) return []
  return FIRST_METHODS.filter(
    (method) => policy.methods[method].value && isReachable(policy, requested, withMethod(shown, method)),
  )
}

const withMethod = ({ methods, enrolled }: Shown, method: Method): Shown => ({
  methods,
  enrolled: [...enrolled, method],
})

/** Whether the person can complete such a login at all, with what is enrolled and what may be enrolled on the way. */
export const canBeEnough = (policy: EffectivePolicy, requested: readonly string[], shown: Shown): boolean =>
  isReachable(policy, requested, shown) || enrollable(policy, requested, shown).length > 0

/** Something that is enrolled has to be accepted first: a device is set up on the way only by who has shown who they are. */
export const canSignIn = (policy: EffectivePolicy, enrolled: readonly Method[]): boolean =>
  policy.login.open.value &&
  accepted(policy, enrolled).some((method) => standsAlone(policy, method)) &&
  canBeEnough(policy, [], { methods: [], enrolled })

/** The same without anything to be set up on the way. */
export const signsIn = (policy: EffectivePolicy, enrolled: readonly Method[]): boolean =>
  canSignIn(policy, enrolled) && isReachable(policy, [], { methods: [], enrolled })

/** Whether a person may register the first device with what was shown so far (notes, "Step-up"). */
export const mayEnrolFirst = (policy: EffectivePolicy, enrolled: readonly Method[]): boolean =>
  (policy.demands.setUpMethods.value === 0 || policy.stepUp.firstMethodFree.value) &&
  !accepted(policy, enrolled).some(isDevice)
