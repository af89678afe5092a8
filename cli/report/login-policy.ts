import { isDeepStrictEqual } from 'node:util'
import { caveatsOf } from '../../config/caveats.ts'
import { Client } from '../../config/kinds/client.ts'
import { code } from '../../config/text/markdown.ts'
import { onOneLine } from '../../config/text/printable.ts'
import type { Forms } from '../terminal.ts'
import type { WrittenIn } from './written-in.ts'

/** Contract schemas LoginPolicy and SettingSource of docs/contracts/secrets-vault-additions.openapi.yaml. */
export interface LoginPolicy {
  readonly tenant_id: string
  readonly organization_id: string | null
  readonly client_id: string | null
  readonly username: string | null
  readonly user_id: string | null
  readonly enrolled: readonly string[]
  readonly possible: boolean
  readonly decisions: readonly LoginDecision[]
}
export interface ShownSetting {
  readonly kind: string
  readonly pointer: string
  readonly value: unknown
  /** Natural key of the document, where several of the kind count. */
  readonly object?: string
}
interface LoginDecision {
  readonly decision: string
  readonly value: unknown
  readonly by: readonly ShownSetting[]
  readonly weaker: readonly { readonly value: unknown; readonly source: ShownSetting }[]
}

type Say = (value: unknown) => string
const yesNo =
  (yes: string, no: string): Say =>
  (value) =>
    value === true ? yes : no
const accepted = yesNo('accepted', 'not accepted')
const needed = yesNo('needed', 'not needed')
const connected = yesNo('connected unasked', 'connected after proof of the account here')
const level: Say = (value) => `level ${String(value)}`
const days: Say = (value) => (value === null ? 'never' : `after ${String(value)} days`)
const plain: Say = (value) =>
  value === null ? 'no limit' : typeof value === 'object' ? JSON.stringify(value) : String(value)

/** Of a field of a Client: what is to be known about the value. */
const withCaveat: Say = (value) => {
  const known = caveatsOf(Client).find((caveat) => caveat.value === value)
  return known === undefined ? plain(value) : `${plain(value)} (${known.says})`
}

type Line = readonly [heading: string, label: string, say: Say]

/** Every decision: under which heading it stands, in which words. */
const LINES: Readonly<Record<string, Line>> = {
  'login.open': ['1. Whether a login is possible', 'a login', yesNo('possible', 'refused')],
  'methods.pin': ['2. What may be shown', 'PIN', accepted],
  'methods.pattern': ['2. What may be shown', 'pattern', accepted],
  'methods.passkey': ['2. What may be shown', 'passkey', accepted],
  'methods.password': ['2. What may be shown', 'password', accepted],
  'methods.otp': ['2. What may be shown', 'code by e-mail', accepted],
  'methods.sms': ['2. What may be shown', 'code by text message', accepted],
  'mobile.alone': ['2. What may be shown', 'a code by text message without another factor', accepted],
  'methods.letter': ['2. What may be shown', 'code delivered outside the service, to confirm', accepted],
  'methods.totp': ['2. What may be shown', 'code of an authenticator app, to confirm', accepted],
  'methods.push': ['2. What may be shown', 'approval in another browser, to confirm', accepted],
  'login.factors': ['3. How much has to be shown', 'factors', plain],
  'levels.pin': ['4. Step-up', 'a PIN yields', level],
  'levels.pattern': ['4. Step-up', 'a pattern yields', level],
  'levels.passkey': ['4. Step-up', 'a passkey yields', level],
  'levels.password': ['4. Step-up', 'a password yields', level],
  'levels.otp': ['4. Step-up', 'a code by e-mail yields', level],
  'levels.sms': ['4. Step-up', 'a code by text message yields', level],
  'levels.letter': ['4. Step-up', 'a code delivered outside the service yields', level],
  'letters.unavailableFor': ['4. Step-up', 'seconds until such a code is good', plain],
  'letters.pause': ['4. Step-up', 'seconds between two of them', plain],
  'methods.appToken': ['2. What may be shown', 'a link of an app that is signed in', accepted],
  'methods.loginToken': ['2. What may be shown', 'a link that signs in', accepted],
  'levels.appToken': ['4. Step-up', 'a link of an app yields', level],
  'levels.loginToken': ['4. Step-up', 'a link that signs in yields', level],
  'actionTokens.appSeconds': ['14. Links', 'seconds that a link of an app lives', plain],
  'actionTokens.couplingSeconds': ['14. Links', 'seconds that a link to connect an account lives', plain],
  'actionTokens.loginSeconds': ['14. Links', 'seconds that a link that signs in lives', plain],
  'actionTokens.coupling': ['14. Links', 'a link to connect an account elsewhere', accepted],
  'actionTokens.fromAccount': ['14. Links', 'made by people on their account page', accepted],
  'levels.push': ['4. Step-up', 'approval in another browser yields', level],
  'levels.totp': ['4. Step-up', 'a code of an authenticator app yields', level],
  'demands.default': ['4. Step-up', 'a step-up without a level takes', level],
  'demands.dashboard': ['4. Step-up', 'looking at sessions and passkeys takes', level],
  'demands.changeEmail': ['4. Step-up', 'changing the e-mail address takes', level],
  'demands.changePassword': ['4. Step-up', 'changing the login secret takes', level],
  'demands.setUpMethods': ['4. Step-up', 'changing passkeys and other devices takes', level],
  'stepUp.strongest': ['4. Step-up', 'the strongest method of the person', needed],
  'stepUp.firstMethodFree': ['4. Step-up', 'the first device without a step-up', accepted],
  'lockout.ip_attempts_limit': ['5. Lockout', 'failures of an address', plain],
  'lockout.ip_attempts_reset_minutes': ['5. Lockout', 'minutes until an address is forgotten', plain],
  'lockout.user_attempts_limit': ['5. Lockout', 'failures of an account', plain],
  'lockout.user_timeframe_seconds': ['5. Lockout', 'seconds in which they count', plain],
  'lockout.initial_block_seconds': ['5. Lockout', 'seconds of the first block', plain],
  'lockout.max_block_time_minutes': ['5. Lockout', 'minutes of the longest block', plain],
  'secret.pinSize': ['6. New login secrets', 'digits of a PIN', plain],
  'secret.patternSize': ['6. New login secrets', 'side of the pattern grid', plain],
  'secret.showPin': ['6. New login secrets', 'a PIN while it is typed', yesNo('shown', 'hidden')],
  'secret.refusesWeak': ['6. New login secrets', 'easy to guess', yesNo('refused', 'accepted')],
  'password.minLength': ['7. New passwords', 'characters, at least', plain],
  'password.maxLength': ['7. New passwords', 'characters, at most', plain],
  'password.lowerCase': ['7. New passwords', 'a lower-case letter', needed],
  'password.upperCase': ['7. New passwords', 'a capital', needed],
  'password.specialCharacter': ['7. New passwords', 'a special character', needed],
  'password.notBreached': ['7. New passwords', 'known from a breach', yesNo('refused', 'accepted')],
  'password.expiresAfterDays': ['7. New passwords', 'has to be changed', days],
  'reset.open': ['8. Forgotten secrets', 'a reset by e-mail', yesNo('possible', 'refused')],
  'reset.nameByText': ['8. Forgotten secrets', 'the user name by text message', yesNo('sent', 'not sent')],
  'reset.digitsOnly': ['8. Forgotten secrets', 'the code has', yesNo('digits only', 'letters and digits')],
  'reset.length': ['8. Forgotten secrets', 'characters of the code', plain],
  'reset.minutes': ['8. Forgotten secrets', 'minutes that it lives', plain],
  'signUp.open': ['9. Sign-up', 'sign-up', yesNo('possible', 'refused')],
  'activation.way': ['9. Sign-up', 'to become active', plain],
  'activation.seconds': ['9. Sign-up', 'seconds that a delivered code lives', plain],
  'activation.invited': ['9. Sign-up', 'a delivered code of invited people', needed],
  'signUp.confirmEmail': ['9. Sign-up', 'the address typed twice', needed],
  'signUp.mobileNumber': ['9. Sign-up', 'a mobile number', plain],
  'signUp.confirmMobileNumber': ['9. Sign-up', 'the mobile number typed twice', needed],
  'signUp.addressPatterns': ['9. Sign-up', 'addresses', (value) => (value === null ? 'any' : plain(value))],
  'signUp.validatesNumbers': [
    '9. Sign-up',
    'telephone numbers that a directory writes',
    yesNo('checked', 'not checked'),
  ],
  'signUp.verifiesNumbers': [
    '9. Sign-up',
    'a code to verify a telephone that no login uses',
    yesNo('sent', 'not sent'),
  ],
  'signUp.verifiesAddresses': ['9. Sign-up', 'a code to verify the address', yesNo('mailed', 'not mailed')],
  'signUp.verificationSeconds': ['9. Sign-up', 'seconds that it lives', plain],
  'mobile.shown': ['10. Login page', 'signing in with a telephone', yesNo('shown', 'not shown')],
  'mobile.loginMessage': ['10. Login page', 'text before a code of a login', plain],
  'mobile.stepUpMessage': ['10. Login page', 'text before a code that confirms', plain],
  'page.title': ['10. Login page', 'title', plain],
  'page.passwordName': ['10. Login page', 'name of the password', plain],
  'page.ownInstructions': ['10. Login page', 'own instructions about passwords', yesNo('shown', 'not shown')],
  'page.showsName': ['10. Login page', 'the name of the person on the account page', yesNo('shown', 'not shown')],
  'page.loginUrl': ['10. Login page', 'address', (value) => (value === '' ? 'built in' : plain(value))],
  'tokens.signingAlg': ['11. Tokens', 'signed with', withCaveat],
  'federation.unasked': ['12. Accounts elsewhere', 'one with the same verified address', connected],
  'federation.several': ['12. Accounts elsewhere', 'several of one person', accepted],
  'migration.open': ['15. Earlier system', 'people with the password of there', accepted],
  'migration.unauthenticated': ['15. Earlier system', 'people with the confirmed address of there', accepted],
  'migration.needsIdentifier': ['15. Earlier system', 'an identifier of the person there', needed],
  'invitations.open': ['13. Invitations', 'invitations', accepted],
  'invitations.birthDate': ['13. Invitations', 'the date of birth', needed],
  'invitations.text': ['13. Invitations', 'a code by text message', needed],
  'invitations.externalCode': ['13. Invitations', 'a code delivered outside the service', needed],
  'invitations.unchecked': ['13. Invitations', 'sign-up without these', accepted],
}

/** Decisions about logins at other providers: one for each login method. */
const FEDERATED = /^(methods|levels)\.federated:(.+)$/

/** Every decision of a policy in the order of the headings. */
function linesOf({ decisions }: LoginPolicy): readonly (readonly [string, Line])[] {
  const federated = decisions.flatMap(({ decision }): (readonly [string, Line])[] => {
    const [, part, name] = FEDERATED.exec(decision) ?? []
    if (part === undefined) return []
    const line: Line =
      part === 'methods'
        ? ['2. What may be shown', `a login at ${name}`, accepted]
        : ['4. Step-up', `a login at ${name} yields`, level]
    return [[decision, line]]
  })
  const number = ([, [heading]]: readonly [string, Line]) => Number.parseInt(heading, 10)
  return [...Object.entries(LINES), ...federated].toSorted((a, b) => number(a) - number(b))
}

/** The headings that are shown even where no setting says anything: they are the login itself. */
const ALWAYS = /^[123]\./

const HEADINGS: ReadonlySet<string> = new Set(Object.values(LINES).map(([heading]) => heading))

type Write = (text: string, depth: number) => string

/** A policy, and where its settings are written. */
export interface Told {
  readonly policy: LoginPolicy
  readonly writtenIn: WrittenIn
}

/** A policy with documents taken as applied, beside what holds today. */
export interface ToldWhatIf {
  readonly told: Told
  /** Name of the folder. */
  readonly folder: string
  /** Absent: the tenant is not there today. */
  readonly today?: Told
}

/** What a login demands; under each line who says so, and who would be content with less. */
export const loginPolicyForms = (policy: LoginPolicy, writtenIn: WrittenIn): Forms<unknown> =>
  formsOf(headLines(policy), { policy, writtenIn })

/** The same with documents taken as applied; where today is otherwise, what holds and who says so. */
export const whatIfForms = ({ told, folder, today }: ToldWhatIf): Forms<unknown> =>
  formsOf(
    [...todayLines(told, today), ...headLines(told.policy).map((head) => `with ${folder} applied: ${head}`)],
    told,
    today,
  )

function todayLines({ policy }: Told, today: Told | undefined): readonly string[] {
  if (today === undefined)
    return [
      `today: ${policy.client_id === null ? '' : `the client ${policy.client_id} or `}the tenant ${policy.tenant_id} does not exist`,
    ]
  return headLines(today.policy).map((head) => `today: ${head}`)
}

function formsOf(heads: readonly string[], told: Told, today?: Told): Forms<unknown> {
  const all = (line: Write): string =>
    [...heads.map((text) => line(text, 0)), ...bodyLines(told, today, line)].join('\n')
  return {
    text: () => all((text, depth) => `${'  '.repeat(depth)}${onOneLine(text)}`),
    markdown: () =>
      all((text, depth) =>
        depth === 0 ? `\n**${HEADINGS.has(text) ? text : code(text)}**\n` : `${'  '.repeat(depth - 1)}- ${code(text)}`,
      ),
  }
}

/** For programs: each setting with the place that it is written in. */
export function withPlaces({ policy, writtenIn }: Told) {
  const placed = (source: ShownSetting) => ({ ...source, written_in: writtenIn(source) ?? null })
  return {
    ...policy,
    decisions: policy.decisions.map((d) => ({
      ...d,
      by: d.by.map(placed),
      weaker: d.weaker.map((w) => ({ ...w, source: placed(w.source) })),
    })),
  }
}

/** Names of the decisions that are not as they are today. */
export const changedDecisions = (policy: LoginPolicy, today: LoginPolicy): readonly string[] =>
  policy.decisions
    .filter(({ decision, value }) => !isDeepStrictEqual(value, decisionsOf(today).get(decision)?.value))
    .map(({ decision }) => decision)

const decisionsOf = ({ decisions }: LoginPolicy) => new Map(decisions.map((decision) => [decision.decision, decision]))

function bodyLines(told: Told, today: Told | undefined, line: Write): readonly string[] {
  const { policy, writtenIn } = told
  const [known, before] = [decisionsOf(policy), today && decisionsOf(today.policy)]
  const changed = new Set(today && changedDecisions(policy, today.policy))
  let current = ''
  return linesOf(policy).flatMap(([name, [heading, label, say]]) => {
    const decision = known.get(name)
    const isShown = decision?.by.length !== 0 || ALWAYS.test(heading) || changed.has(name)
    if (decision === undefined || !isShown) return []
    const title = heading === current ? [] : [line(heading, 0)]
    current = heading
    const was = today && changed.has(name) ? todayOf(before?.get(name), today, say, line) : []
    const text = `${changed.has(name) ? '~ ' : ''}${label}: ${say(decision.value)}${lackOf(policy, decision)}`
    return [...title, ...decisionLines(decision, text, say, writtenIn, line), ...was]
  })
}

function todayOf(was: LoginDecision | undefined, { writtenIn }: Told, say: Say, line: Write): readonly string[] {
  if (was === undefined) return [line('today: no setting is about it', 2)]
  const reasons = was.by.map((source) => line(`today because ${named(source, writtenIn)}`, 2))
  return [line(`today: ${say(was.value)}`, 2), ...reasons]
}

function headLines(policy: LoginPolicy): readonly string[] {
  const { tenant_id, organization_id, client_id, username, user_id, enrolled, possible } = policy
  const who = username ?? 'Anybody'
  const where = `${tenant_id}${organization_id === null ? '' : `, organization ${organization_id}`}`
  const through = client_id === null ? '' : ` through ${client_id}`
  const head = `${who} at ${where}${through}`
  if (username === null) return [`${head}: before anybody says who they are.`]
  if (user_id === null)
    return [`${head}: nobody has this name. It is asked for the same things, and every answer is refused.`]
  const isAccepted = (method: string) => policy.decisions.some((d) => d.decision === `methods.${method}` && d.value)
  const [has = [], unused = []] = [true, false].map((is) => enrolled.filter((method) => isAccepted(method) === is))
  const listed = has.length === 0 ? 'nothing' : has.join(', ')
  const others = unused.length === 0 ? '' : `; not accepted: ${unused.join(', ')}`
  return [`${head}: ${possible ? 'can sign in' : 'CANNOT SIGN IN with what is enrolled'} (${listed}${others}).`]
}

/** Of a person: what is accepted here is no way in for who does not have it. */
function lackOf({ username, user_id, enrolled }: LoginPolicy, { decision, value }: LoginDecision): string {
  const method = decision.replace(/^methods\./, '')
  return method !== decision && value === true && user_id !== null && !enrolled.includes(method)
    ? `, but ${username} has none`
    : ''
}

function decisionLines(
  { by, weaker }: LoginDecision,
  text: string,
  say: Say,
  writtenIn: WrittenIn,
  line: Write,
): readonly string[] {
  return [
    line(text, 1),
    ...(by.length === 0
      ? [line('built in: no setting says anything', 2)]
      : by.map((source) => line(`because ${named(source, writtenIn)}`, 2))),
    ...weaker.map((ask) => line(`weaker: ${say(ask.value)}, by ${named(ask.source, writtenIn)}`, 2)),
  ]
}

const named = (source: ShownSetting, writtenIn: WrittenIn): string =>
  `${source.kind}${source.object === undefined ? '' : ` ${source.object}`} ${source.pointer} = ${JSON.stringify(source.value)} (${writtenIn(source) ?? 'in no document here'})`
