import { type Rules, STRICTER } from '../decision.ts'
import { amount, flag, items, type PolicyInputs, same, settingAt } from '../inputs.ts'
import { activatesByDelivery } from './activation.ts'

/** Patterns of a whole address: the part before the last @ and the domain. */
export interface AddressPatterns {
  readonly before: string
  readonly after: string
}

/** How a form asks for something, the laxest first. */
const QUESTIONS = ['not asked', 'may be given', 'needed'] as const
type Question = (typeof QUESTIONS)[number]

export interface SignUpRules {
  readonly open: boolean
  /** The form asks for the e-mail address twice. */
  readonly confirmEmail: boolean
  /** Whether the form asks for a mobile number. */
  readonly mobileNumber: Question
  /** The form asks for it twice. */
  readonly confirmMobileNumber: boolean
  /** Null: every address will do. */
  readonly addressPatterns: AddressPatterns | null
  /** Telephone numbers that a directory writes have to be real ones. */
  readonly validatesNumbers: boolean
  /** Codes that show a telephone to be somebody's own are sent, also where nobody signs in with one. */
  readonly verifiesNumbers: boolean
  /** Codes that show an address to be somebody's own are mailed. */
  readonly verifiesAddresses: boolean
  /** Seconds for which such a code is good. */
  readonly verificationSeconds: number
}

const DAY_SECONDS = 24 * 3600
const EVERYTHING = '.*'

/** Sign-up asks for a user name and an address, so a person who has to have more cannot come this way. */
const unsupplied = (required: boolean): boolean | undefined => (required ? false : undefined)
const asksNumber = (inputs: PolicyInputs): boolean =>
  settingAt(inputs, 'CimAttributes', '/signUpForm/mobileNumberEnabled') === true

/** What one rule of a profile asks for has to be something that the form asks for. */
const supplied = (inputs: PolicyInputs, anyOf: readonly string[]): boolean =>
  anyOf.includes('Email') || (anyOf.includes('Phone') && asksNumber(inputs))

/** Without it the person, or a rule of the profile, would lack it. */
function needsNumber(inputs: PolicyInputs): boolean {
  const rules = (settingAt(inputs, 'CimAttributes', '/profile/requiredAttributes') ?? []) as readonly AnyOf[]
  return (
    settingAt(inputs, 'CimAttributes', '/personCreation/mobileNumberRequired') === true ||
    rules.some(({ anyOf }) => !anyOf.includes('Email') && anyOf.includes('Phone'))
  )
}

interface AnyOf {
  readonly anyOf: readonly string[]
}

export const SIGN_UP: Rules<SignUpRules, PolicyInputs> = {
  open: {
    builtIn: false,
    strictness: STRICTER.no,
    asks: (inputs) => [
      ...flag(inputs, 'Tenant', '/registration', same),
      ...flag(inputs, 'Client', '/registration', same),
      ...flag(inputs, 'Client', '/locked', (locked) => (locked ? false : undefined)),
      ...flag(inputs, 'CimFeatures', '/signUpEnabled', same),
      ...flag(inputs, 'CimAttributes', '/personCreation/firstNameRequired', unsupplied),
      ...flag(inputs, 'CimAttributes', '/personCreation/lastNameRequired', unsupplied),
      ...(asksNumber(inputs) ? [] : flag(inputs, 'CimAttributes', '/personCreation/mobileNumberRequired', unsupplied)),
      ...items(inputs, 'CimAttributes', '/profile/requiredAttributes', (rules) =>
        unsupplied((rules as readonly AnyOf[]).some(({ anyOf }) => !supplied(inputs, anyOf))),
      ),
    ],
  },
  confirmEmail: {
    builtIn: false,
    strictness: STRICTER.yes,
    asks: (inputs) => flag(inputs, 'CimAttributes', '/signUpForm/emailConfirmationEnabled', same),
  },
  mobileNumber: {
    builtIn: 'not asked',
    strictness: (question) => QUESTIONS.indexOf(question),
    asks: (inputs) =>
      flag(inputs, 'CimAttributes', '/signUpForm/mobileNumberEnabled', (on): Question => {
        if (!on) return 'not asked'
        return needsNumber(inputs) ? 'needed' : 'may be given'
      }),
  },
  confirmMobileNumber: {
    builtIn: false,
    strictness: STRICTER.yes,
    asks: (inputs) => flag(inputs, 'CimAttributes', '/signUpForm/mobileNumberConfirmationEnabled', same),
  },
  addressPatterns: {
    builtIn: null,
    strictness: (patterns) => (patterns === null ? 0 : 1),
    asks: (inputs) =>
      flag(inputs, 'CimFeatures', '/customEmailValidation/enabled', (on) => (on ? patternsOf(inputs) : null)),
  },
  validatesNumbers: {
    builtIn: false,
    strictness: STRICTER.yes,
    asks: (inputs) => flag(inputs, 'CimFeatures', '/mobileNumberValidationBackendServicesEnabled', same),
  },
  verifiesNumbers: {
    builtIn: false,
    strictness: STRICTER.no,
    asks: (inputs) => [
      ...flag(inputs, 'CimAttributes', '/verification/mobileNumberEnabled', same),
      // All text messages stop with it.
      ...flag(inputs, 'CimFeatures', '/smsEnabled', (on) => (on ? undefined : false)),
    ],
  },
  verifiesAddresses: {
    builtIn: true,
    strictness: STRICTER.no,
    asks: (inputs) => flag(inputs, 'CimAttributes', '/verification/emailEnabled', same),
  },
  verificationSeconds: {
    builtIn: DAY_SECONDS,
    strictness: STRICTER.less,
    asks: (inputs) => activationSeconds(inputs),
  },
}

/** Both parts have to match whole; a part without a pattern takes everything. */
function patternsOf(inputs: PolicyInputs): AddressPatterns {
  const at = (field: string) => settingAt(inputs, 'CimFeatures', `/customEmailValidation/${field}`) || EVERYTHING
  return { before: String(at('beforeAtRegex')), after: String(at('afterAtRegex')) }
}

/** An activation by mail is a verified address. */
const activationSeconds = (inputs: PolicyInputs) =>
  settingAt(inputs, 'CimFeatures', '/personActivation/enabled') === true && !activatesByDelivery(inputs)
    ? amount(inputs, 'CimFeatures', '/personActivation/expirationSeconds', same)
    : []
