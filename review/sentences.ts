/** What people do, in one half of a sentence: `value` holds from now on, `before` held until now. */
type Phrase = (value: unknown, before: unknown) => string

const either =
  (yes: string, no: string): Phrase =>
  (value) =>
    value === true ? yes : no

const instead =
  (text: (value: string) => string): Phrase =>
  (value, before) =>
    `${text(said(value))} instead of ${said(before)}`

const said = (value: unknown): string =>
  value === null ? 'any number' : typeof value === 'string' ? value : JSON.stringify(value)

const may = (thing: string): Phrase => either(`may sign in with ${thing}`, `can no longer sign in with ${thing}`)
const needs = (thing: string): Phrase =>
  either(`need ${thing} in a new password`, `no longer need ${thing} in a new password`)
const invited = (thing: string): Phrase =>
  either(`need ${thing} to accept an invitation`, `no longer need ${thing} to accept an invitation`)
const reach = (thing: string): Phrase => instead((level) => `reach level ${level} with ${thing}`)
const demand = (doing: string): Phrase => instead((level) => `need level ${level} for ${doing}`)

const FACTORS: Readonly<Record<string, string>> = {
  one: 'one factor',
  two: 'two factors',
  'two with a passkey': 'two factors, one of them a passkey',
}
const factors = (value: unknown): string => FACTORS[String(value)] ?? String(value)

const age = (days: unknown): string => (days === null ? 'never' : `every ${said(days)} days`)

/** Every decision of the policy, as `part.name`. */
const PHRASES: Readonly<Record<string, Phrase>> = {
  'login.open': either('can sign in', 'can no longer sign in'),
  'login.factors': (value, before) => `sign in with ${factors(value)} instead of ${factors(before)}`,
  'methods.pin': may('a PIN'),
  'methods.pattern': may('a pattern'),
  'methods.passkey': may('a passkey'),
  'methods.password': may('a password'),
  'methods.otp': may('a code by e-mail'),
  'methods.totp': may('a code of an authenticator app'),
  'methods.push': may('approval in another browser'),
  'methods.sms': may('a code by text message'),
  'methods.letter': may('a code that is delivered outside the service'),
  'mobile.alone': either(
    'can sign in with a code by text message alone',
    'need something else beside a code by text message',
  ),
  'mobile.shown': either('are shown how to sign in by telephone', 'are no longer shown how to sign in by telephone'),
  'mobile.loginMessage': instead((text) => `read ${text} before a code by text message`),
  'mobile.stepUpMessage': instead((text) => `read ${text} before a code that confirms`),
  'letters.unavailableFor': instead((seconds) => `wait ${seconds} seconds until a delivered code is good`),
  'letters.pause': instead((seconds) => `wait ${seconds} seconds between two delivered codes`),
  'secret.pinSize': instead((digits) => `choose PINs of ${digits} digits`),
  'secret.patternSize': instead((side) => `draw patterns on a grid with sides of ${side}`),
  'secret.showPin': either('see a PIN while they type it', 'no longer see a PIN while they type it'),
  'secret.refusesWeak': either(
    'cannot choose a PIN or pattern that is easy to guess',
    'can choose a PIN or pattern that is easy to guess',
  ),
  'password.minLength': instead((length) => `choose passwords of at least ${length} characters`),
  'password.maxLength': instead((length) => `choose passwords of at most ${length} characters`),
  'password.lowerCase': needs('a lower-case letter'),
  'password.upperCase': needs('a capital'),
  'password.specialCharacter': needs('a special character'),
  'password.notBreached': either(
    'cannot choose a password known from a breach',
    'can choose a password known from a breach',
  ),
  'password.expiresAfterDays': (value, before) => `change their password ${age(value)} instead of ${age(before)}`,
  'signUp.validatesNumbers': either(
    'can only enter telephone numbers that exist',
    'can enter telephone numbers that do not exist',
  ),
  'signUp.mobileNumber': (value) =>
    ({
      'not asked': 'are not asked for a mobile number to sign up',
      'may be given': 'may give a mobile number to sign up',
    })[String(value)] ?? 'need a mobile number to sign up',
  'signUp.confirmMobileNumber': either(
    'enter their mobile number twice to sign up',
    'enter their mobile number once to sign up',
  ),
  'reset.nameByText': either(
    'can have a forgotten user name sent to their telephone',
    'can no longer have a forgotten user name sent to their telephone',
  ),
  'reset.open': either('can reset a forgotten secret by e-mail', 'can no longer reset a forgotten secret by e-mail'),
  'reset.digitsOnly': either('get reset codes of digits only', 'get reset codes of letters and digits'),
  'reset.length': instead((length) => `get reset codes of ${length} characters`),
  'reset.minutes': instead((minutes) => `can use a reset code for ${minutes} minutes`),
  'signUp.open': either('can sign up by themselves', 'can no longer sign up by themselves'),
  'signUp.confirmEmail': either('enter their address twice to sign up', 'enter their address once to sign up'),
  'signUp.addressPatterns': (value) =>
    value === null ? 'sign up with any address' : 'sign up with addresses of a pattern only',
  'signUp.verifiesNumbers': either(
    'can show that a telephone is theirs',
    'can show that a telephone is theirs only where a login uses it',
  ),
  'signUp.verifiesAddresses': either('can show that an address is theirs', 'cannot show that an address is theirs'),
  'signUp.verificationSeconds': instead((seconds) => `can confirm an address for ${seconds} seconds`),
  'activation.way': (value) => (value === 'not needed' ? 'need no activation' : `become active by ${said(value)}`),
  'activation.seconds': instead((seconds) => `can use a delivered code to become active for ${seconds} seconds`),
  'activation.invited': either(
    'need a delivered code to become active after an invitation',
    'are active after an invitation',
  ),
  'methods.appToken': may('a link of an app that is signed in'),
  'methods.loginToken': may('a link that signs in'),
  'levels.appToken': reach('a link of an app'),
  'levels.loginToken': reach('a link that signs in'),
  'actionTokens.appSeconds': instead((seconds) => `can use a link of an app for ${seconds} seconds`),
  'actionTokens.couplingSeconds': instead((seconds) => `can use a link to connect an account for ${seconds} seconds`),
  'actionTokens.loginSeconds': instead((seconds) => `can use a link that signs in for ${seconds} seconds`),
  'actionTokens.coupling': either(
    'may connect an account elsewhere by a link',
    'can no longer connect an account elsewhere by a link',
  ),
  'actionTokens.fromAccount': either(
    'can make a link that signs them in',
    'can no longer make a link that signs them in',
  ),
  'migration.open': either(
    'can move here with the password of an earlier system',
    'can no longer move here with the password of an earlier system',
  ),
  'migration.unauthenticated': either(
    'can move here with the address that an earlier system has confirmed',
    'can no longer move here with the address that an earlier system has confirmed',
  ),
  'migration.needsIdentifier': either(
    'need an identifier in the earlier system to move here',
    'need no identifier in the earlier system to move here',
  ),
  'invitations.open': either('can accept invitations', 'can no longer accept invitations'),
  'invitations.birthDate': invited('their date of birth'),
  'invitations.text': invited('a code by text message'),
  'invitations.externalCode': invited('a code delivered outside the service'),
  'invitations.unchecked': either(
    'can leave out the checks of an invitation and sign up',
    'can no longer leave out the checks of an invitation',
  ),
  'levels.pin': reach('a PIN'),
  'levels.pattern': reach('a pattern'),
  'levels.passkey': reach('a passkey'),
  'levels.password': reach('a password'),
  'levels.otp': reach('a code by e-mail'),
  'levels.totp': reach('a code of an authenticator app'),
  'levels.push': reach('approval in another browser'),
  'levels.sms': reach('a code by text message'),
  'levels.letter': reach('a code that is delivered outside the service'),
  'demands.default': demand('a step-up that names no level'),
  'demands.dashboard': demand('the account page'),
  'demands.changeEmail': demand('another e-mail address'),
  'demands.changePassword': demand('another login secret'),
  'demands.setUpMethods': demand('another passkey'),
  'stepUp.strongest': either('step up with their strongest method', 'step up with any method that is enough'),
  'stepUp.firstMethodFree': either('set up a first passkey without a step-up', 'need a step-up for a first passkey'),
  'lockout.ip_attempts_limit': instead((n) => `are stopped after ${n} failures from one address`),
  'lockout.ip_attempts_reset_minutes': instead((n) => `wait ${n} minutes until an address is forgotten`),
  'lockout.user_attempts_limit': instead((n) => `are blocked after ${n} failures`),
  'lockout.user_timeframe_seconds': instead((n) => `have failures counted for ${n} seconds`),
  'lockout.initial_block_seconds': instead((n) => `are blocked for ${n} seconds at first`),
  'lockout.max_block_time_minutes': instead((n) => `are blocked for ${n} minutes at most`),
  'tokens.signingAlg': instead((algorithm) => `get tokens signed with ${algorithm}`),
  'federation.unasked': either(
    'are connected unasked to an account elsewhere with the same verified address',
    'prove an account here before one elsewhere is connected to it',
  ),
  'federation.several': either('may connect several accounts elsewhere', 'may connect one account elsewhere'),
  'page.title': instead((title) => `see the title ${title}`),
  'page.passwordName': instead((name) => `see the password called ${name}`),
  'page.ownInstructions': either('read instructions of the organization', 'read the built-in instructions'),
  'page.showsName': either('see their name on the account page', 'no longer see their name on the account page'),
  'page.loginUrl': instead((url) => `sign in on the page ${url}`),
}

/** Whether a decision has words of its own. */
export const hasWords = (decision: string): boolean => Object.hasOwn(PHRASES, decision)

const FEDERATED = 'methods.federated:'

const atProvider = (decision: string): Phrase | undefined =>
  decision.startsWith(FEDERATED) ? may(`an account at ${decision.slice(decision.indexOf('/') + 1)}`) : undefined

/** One change of a decision as a sentence without its full stop, e.g. `customers sign in with one factor instead of two factors`. */
export function sentenceOf(who: string, decision: string, before: unknown, value: unknown): string {
  const phrase = PHRASES[decision] ?? atProvider(decision) ?? instead((now) => `have ${decision} ${now}`)
  return `${who} ${phrase(value, before)}`
}
