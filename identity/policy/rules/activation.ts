import { type Rules, STRICTER } from '../decision.ts'
import { amount, flag, type PolicyInputs, same, settingAt, word } from '../inputs.ts'

/** How a new person becomes active, the laxest first. */
const WAYS = ['not needed', 'a mailed code', 'a delivered code'] as const
type Way = (typeof WAYS)[number]

/** Before it nobody signs in to a new account. */
export interface ActivationRules {
  readonly way: Way
  /** Seconds for which a delivered code is good. */
  readonly seconds: number
  /** Invited people need a delivered code, too: that of the invitation is not enough. */
  readonly invited: boolean
}

const DELIVERED = 'ExternallyDeliveredCode'
const FOUR_WEEKS = 28 * 24 * 3600
const at = (inputs: PolicyInputs, field: string): unknown =>
  settingAt(inputs, 'CimFeatures', `/personActivation/${field}`)

/** Whether people become active by a code that is delivered outside the service. */
export const activatesByDelivery = (inputs: PolicyInputs): boolean =>
  at(inputs, 'enabled') === true && at(inputs, 'type') === DELIVERED

export const ACTIVATION: Rules<ActivationRules, PolicyInputs> = {
  way: {
    builtIn: 'not needed',
    strictness: (way) => WAYS.indexOf(way),
    asks: (inputs) => [
      ...flag(inputs, 'CimFeatures', '/personActivation/enabled', (on): Way => (on ? 'a mailed code' : 'not needed')),
      ...word(inputs, 'CimFeatures', '/personActivation/type', (): Way | undefined =>
        activatesByDelivery(inputs) ? 'a delivered code' : undefined,
      ),
    ],
  },
  seconds: {
    builtIn: FOUR_WEEKS,
    strictness: STRICTER.less,
    asks: (inputs) =>
      at(inputs, 'type') === DELIVERED
        ? amount(inputs, 'CimFeatures', '/personActivation/expirationSeconds', same)
        : [],
  },
  invited: {
    builtIn: false,
    strictness: STRICTER.yes,
    asks: (inputs) =>
      flag(
        inputs,
        'CimFeatures',
        '/personActivation/externallyDeliveredCode/forceActivationAfterAcceptingInvitation',
        same,
      ),
  },
}
