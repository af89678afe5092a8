import type { CustomMessages, Texts } from '../settings/cim/state.ts'
import { BUILT_IN_LANGUAGE, builtInFor, chosenLocale, languageTag, layersOf } from './languages.ts'
import { filled } from './phrases.ts'

/**
 * Every text of the pages: its key, and what it says unless the organization of the tenant has a custom message under the key.
 * Names in braces are filled in. A scope that a client made up is described by `scope.<name>`.
 */
export const PAGE_TEXTS = {
  'common.continue': 'Continue',
  'common.cancel': 'Cancel',
  'common.back': 'Back',
  'common.close': 'You can close this page.',
  'common.or': 'or',
  'common.username': 'User name',
  'common.identifier': 'E-mail address',
  'common.email': 'E-mail address',
  'common.not_you': 'Not you?',
  'common.working': 'One moment…',
  'common.noscript':
    'This way of signing in computes on your own device, so that what you enter never leaves it. It needs JavaScript, which is switched off in this browser.',
  'common.noscript_alternative': 'Switch it on, or use one of the other ways below.',
  'common.policy': 'Privacy',
  'common.terms': 'Terms',
  'common.agreement': 'User agreement',

  'login.title': 'Sign in to {site}',
  'login.client': 'to continue to {client}',
  'login.passkey': 'Sign in with a passkey',
  'login.sign_up': 'Create an account',
  'login.reset': 'I cannot sign in',
  'login.notice.signed_up': 'If the user name was free, your account is there now. Sign in with it.',
  'login.notice.signed_up_confirm':
    'If the user name was free, your account is there now. Sign in with it, and look into your mailbox for how to confirm the address.',
  'login.notice.reset': 'Your new login secret is set. Sign in with it.',
  'provider.button': 'Sign in with {provider}',
  'provider.title': 'Sign in with {provider}',
  'provider.refused': '{provider} did not sign you in here. Try again, or use another way.',
  'provider.unreachable': '{provider} cannot be reached at the moment. Try again later, or use another way.',
  'provider.closed': 'There is no account for you here, and nobody can sign up. Ask the administrator for an account.',
  'provider.no_address':
    'An account here needs an e-mail address that the other provider has verified. Verify it there, then try again.',
  'provider.other_way': 'Sign in another way',
  'provider.first': 'Your first time here with {provider}',
  'provider.match':
    'There is an account with the e-mail address {label}. Sign in to it once, and {provider} signs you in from then on.',
  'provider.match_unknown':
    'If you have an account here, sign in to it once, and {provider} signs you in from then on.',
  'provider.connect': 'Sign in to my account',
  'provider.create': 'Create an account',
  'provider.forget': 'Do not connect {provider}',
  'provider.notice': 'When you sign in now, {label} at {provider} is connected with your account.',
  'login.hand_over': 'Signing you in…',
  'login.hand_over_link': 'Go on if nothing happens',

  'secret.title': 'Sign in',
  'secret.submit': 'Sign in',
  'secret.next': 'Next',
  'secret.progress': 'Step {step} of {steps}',
  'secret.pin': 'Your PIN',
  'secret.pin.hint': '{size} digits',
  'secret.pin.pad': 'Number pad',
  'secret.pin.delete': 'Delete the last digit',
  'secret.pin.new': 'Choose a PIN',
  'secret.pin.again': 'Repeat the PIN',
  'secret.pattern': 'Your pattern',
  'secret.pattern.hint':
    'Join at least 4 points: drag, tap them one after the other, or use the arrow keys and the space bar.',
  'secret.pattern.cell': 'Row {row}, column {column}',
  'secret.pattern.joined': '{count} points joined',
  'secret.pattern.clear': 'Clear',
  'secret.pattern.numbers': 'Enter it as numbers',
  'secret.pattern.numbers.label': 'Pattern as numbers',
  'secret.pattern.numbers.hint': 'Points count from 1, row by row; put blanks between them.',
  'secret.pattern.new': 'Draw a new pattern',
  'secret.pattern.again': 'Draw the pattern again',

  'password.title': 'Sign in',
  'password.label': 'Password',
  'password.old': 'Current password',
  'password.new': 'New password',
  'password.submit': 'Sign in',
  'password.expired': 'Your password has expired. Choose another one.',

  'code.title': 'Sign in by mail',
  'code.intro': 'We mail a code to the confirmed address of your account.',
  'code.send': 'Mail me a code',
  'code.sent':
    'If you are known here and your address is confirmed, a code is on its way or in your mailbox already. It is good for some minutes.',
  'code.label': 'Code',
  'code.submit': 'Sign in',
  'code.again': 'Send another code',

  'text.title': 'Sign in by text message',
  'text.intro': 'We send a code to the telephone of your account.',
  'text.send': 'Send me a code',
  'text.sent': 'If a telephone is set up for you, a code is on its way. It is good for some minutes.',
  'text.call': 'Call me instead',

  'device_login.scan': 'Scan the picture with a device on which you are signed in here, and pick the number there.',
  'device_login.picture': 'Picture for your other device',
  'device_login.number': 'Your number is {number}.',
  'device_login.done': 'I have picked it',
  'device_login.waits': 'Your other device has not approved this login yet.',
  'approve.title': 'Approve a login',
  'approve.pick': 'Which number does the other device show?',
  'approve.who': '{client} wants to sign you in on {device}, from {address}.',
  'approve.warning':
    'Go on only if you see the picture in front of you. Nobody needs you to approve a login by telephone or mail.',
  'approve.done': 'Approved. Go on where you are signing in.',
  'approve.gone': 'No login waits for you here. Scan the picture again.',

  'letter.title': 'Confirm with a code that reaches you otherwise',
  'letter.intro': 'A code is delivered to you, by post for example. Come back and sign in again when you have it.',
  'letter.send': 'Order a code',
  'letter.sent': 'Enter the code that was delivered to you.',
  'letter.have': 'I have a code',

  'method.secret': 'Use your PIN or pattern',
  'method.pin': 'Use your PIN',
  'method.pattern': 'Use your pattern',
  'method.password': 'Use your password',
  'method.code': 'Get a code by mail',
  'method.text': 'Get a code by text message',
  'method.letter': 'Use a code that reaches you otherwise',
  'method.passkey': 'Use your passkey',
  'method.totp': 'Use your authenticator app',

  'second.title': 'One more step',
  'second.passkey': 'Confirm with your passkey',
  'second.passkey.submit': 'Use my passkey',
  'second.enrol':
    'This place asks for a passkey, too. Create your first one: your device will ask for your finger, face or screen lock.',
  'second.enrol.submit': 'Create a passkey',
  'second.enrol.totp': 'Set up an authenticator app',

  'totp.title': 'Set up an authenticator app',
  'totp.scan': 'Scan the picture with an authenticator app, then enter the code that it shows.',
  'totp.picture': 'Picture for an authenticator app',
  'totp.by_hand': 'I cannot scan it',
  'totp.label': 'Code of the app',
  'totp.intro': 'Enter the code that your authenticator app shows.',
  'totp.hint': 'Without the app: one of your recovery codes.',
  'totp.confirm': 'Confirm',
  'totp.recovery.title': 'Keep your recovery codes',
  'totp.recovery':
    'Each signs you in once without the app. Write them down or save them now: nobody can show them again.',
  'totp.kept': 'I have kept them',

  'sign_up.email_again': 'Repeat the e-mail address',
  'sign_up.title': 'Create an account',
  'sign_up.submit': 'Create the account',
  'sign_up.have': 'I have an account',

  'reset.title': 'Set a new login secret',
  'reset.intro': 'Tell us who you are. We mail a code to the confirmed address of the account.',
  'reset.submit': 'Mail me a code',
  'reset.have': 'I have a code',
  'reset.code.title': 'Enter your code',
  'reset.code.sent':
    'If that account exists and its address is confirmed, a code is on its way or in its mailbox already. It is good for {minutes} minutes.',
  'reset.code.label': 'Code from the mail',
  'reset.code.submit': 'Set it',
  'reset.code.password': 'Set a new password',
  'reset.code.secret': 'Set a new PIN or pattern',
  'reset.done.title': 'Done',
  'reset.done': 'Your new login secret is set. You have been signed out everywhere.',

  'verify.title': 'Confirm your e-mail address',
  'verify.label': 'Code from the mail',
  'verify.submit': 'Confirm',
  'verify.done.title': 'Thank you',
  'verify.done': 'Your e-mail address is confirmed.',

  'consent.title': '{client} asks for access',
  'consent.as': 'You are signed in as {username}.',
  'consent.intro': 'It would like to:',
  'consent.allow': 'Allow',
  'consent.deny': 'Do not allow',
  'consent.remembered': 'You can take this back by signing out of the session on your account page.',
  'scope.openid': 'Know who you are',
  'scope.profile': 'See your name, picture and language',
  'scope.email': 'See your e-mail address',
  'scope.phone': 'See your phone number',
  'scope.address': 'See your postal address',
  'scope.roles': 'See your roles',
  'scope.groups': 'See the groups that you are in',
  'scope.offline_access': 'Keep its access for 30 days, also while you are away',
  'scope.other': 'Use “{scope}” for you',

  'account.title': 'Your account',
  'account.signed_in': 'Signed in as {username}',
  'account.back': 'Back to {client}',
  'account.sign_out': 'Sign out',
  'account.email': 'E-mail address',
  'account.email.verified': 'confirmed',
  'account.email.unverified': 'not confirmed yet',
  'account.email.verify': 'Mail me a code to confirm it',
  'account.email.change': 'Change the address',
  'account.email.new': 'New e-mail address',
  'account.email.title': 'Change your e-mail address',
  'account.email.submit': 'Change it',
  'account.password.change': 'Change the password',
  'account.password.title': 'Choose a new password',
  'account.secret': 'How you sign in',
  'account.secret.change': 'Change PIN or pattern',
  'account.secret.title': 'Choose a new PIN or pattern',
  'account.secret.submit': 'Change it',
  'account.secret.warning': 'You will be signed out everywhere, here too.',
  'account.passkeys': 'Passkeys',
  'account.passkeys.none': 'You have no passkey yet.',
  'account.passkeys.add': 'Add a passkey',
  'account.passkeys.name': 'Name of the passkey',
  'account.passkeys.unnamed': 'Passkey',
  'account.passkeys.created': 'made {date}',
  'account.passkeys.used': 'last used {date}',
  'account.passkeys.rename': 'Rename',
  'account.passkeys.delete': 'Delete',
  'account.passkeys.delete_this': 'Delete {name}',
  'account.passkeys.rename_this': 'Rename {name}',
  'account.totp': 'Authenticator app',
  'account.totp.none': 'No app confirms your logins yet.',
  'account.totp.some': 'An app confirms your logins.',
  'account.totp.add': 'Set up an app',
  'account.totp.manage': 'Recovery codes and removal',
  'account.totp.since': 'Set up {date}.',
  'account.totp.left': 'Recovery codes left: {count}.',
  'account.totp.renew': 'Make new recovery codes',
  'account.totp.remove': 'Remove the app',
  'account.notice.authenticator_removed': 'The app is removed.',
  'account.phone': 'Telephone',
  'account.phone.none': 'No telephone gets your codes yet.',
  'account.phone.some': 'A telephone gets your codes.',
  'account.phone.change': 'Set up a telephone',
  'account.phone.manage': 'Change or remove it',
  'account.phone.number': 'Telephone number',
  'account.phone.hint': 'With the country code, like +49 1512 3456789.',
  'account.phone.send': 'Send me a code',
  'account.phone.sent': 'We have sent a code to that number. Enter it here.',
  'account.phone.remove': 'Remove the telephone',
  'account.notice.phone_added': 'The telephone gets your codes from now on.',
  'account.notice.phone_removed': 'The telephone is removed.',
  'account.sessions': 'Where you are signed in',
  'account.sessions.this': 'this browser',
  'account.sessions.since': 'since {date}',
  'account.sessions.end': 'Sign out',
  'account.sessions.end_this': 'Sign out {device}',
  'account.sessions.unknown': 'Unknown device',
  'account.notice.password_changed': 'The password is changed.',
  'account.notice.email_changed': 'Your address is changed.',
  'account.notice.email_changed_sent': 'Your address is changed. We have mailed you how to confirm it.',
  'account.notice.verification_sent': 'We have mailed you how to confirm the address.',
  'account.connections': 'Accounts elsewhere',
  'account.connections.none': 'No account of another provider signs you in yet.',
  'account.connections.since': 'connected {date}',
  'account.connections.connect': 'Connect {provider}',
  'account.connections.disconnect': 'Disconnect',
  'account.connections.disconnect_this': 'Disconnect {label}',
  'account.notice.connected': 'The account is connected and signs you in from now on.',
  'account.notice.disconnected': 'The account is disconnected.',
  'error.last_way_in': 'This is your last way to sign in. Set up another one first.',
  'error.connected': 'That account is connected already, or you can connect no other one.',
  'account.notice.passkey_added': 'The passkey is added.',
  'account.notice.passkey_renamed': 'The passkey has its new name.',
  'account.notice.passkey_deleted': 'The passkey is deleted.',
  'account.notice.session_ended': 'That session has ended.',

  'logout.title': 'Do you want to sign out?',
  'logout.yes': 'Sign out',
  'logout.no': 'Stay signed in',
  'logout.unnamed.title': 'Where do you want to sign out?',
  'logout.unnamed': 'No session was named. Sign out in the application that you use.',
  'signed_out.title': 'You are signed out',
  'device.title': 'Connect a device',
  'device.enter': 'Enter the code that your device shows.',
  'device.label': 'Code',
  'device.wrong': 'This code cannot be used. Check it, and try again.',
  'device.confirm': '{client} on your device shows the code {code}. Go on only if you see it there yourself.',
  'device.done.title': 'The device is connected',

  'outbox.title': 'Development outbox',
  'outbox.intro': 'No mail server is set, so messages stay here for a day. Only the administrator can read them.',
  'outbox.key': 'Administrator key',
  'outbox.open': 'Show the messages',
  'outbox.none': 'There is no message.',
  'outbox.to': 'To {to}, {date}',
  'outbox.close': 'Lock the outbox',

  'error.title': 'This did not work',
  'error.name': 'Code: {code}',
  'error.place': 'at {site}',
  'error.account': 'Go to your account at {site}',
  'error.start_again': 'Go back to the application and start again.',
  'error.application':
    'The application asked for something that this place cannot answer. That is a mistake of the application or of its registration, not yours.',
  'error.application_unknown': 'The application is not known here, or not any more.',
  'error.redirect': 'The application wants you to go to an address that is not registered for it, so you stay here.',
  'error.denied': 'The sign-in was stopped.',
  'error.forbidden': 'That is not possible here. Ask the administrator.',
  'error.mail_waits': 'Several messages were mailed lately. Look into your mailbox, or try again later.',
  'error.expired': 'This login is not pending in this browser any more. Go back to the application and start again.',
  'error.forged': 'This form was not sent by our own page, or the page is too old. Open the page again.',
  'error.not_found': 'There is no such page.',
  'error.refused': 'That was not right. Check what you entered, and try again.',
  'error.refused_code': 'This code cannot be used. Check it, or ask for a new one.',
  'error.blocked': 'Too many tries. Wait {wait}, then try again.',
  'error.busy': 'The service cannot be reached. Try again in a moment.',
  'error.server': 'Something went wrong on our side. Try again in a moment.',
  'error.closed': 'Nobody can sign up here. Ask the administrator for an account.',
  'error.username': 'Enter your user name.',
  'error.email': 'Enter an e-mail address.',
  'error.email_refused': 'This e-mail address is not taken here. Enter another one.',
  'error.username_refused': 'A user name has only the letters a to z, digits and . _ @ - in it. Choose another one.',
  'error.pin': 'The PIN has {size} digits.',
  'error.pattern': 'Join at least 4 points, each once.',
  'error.pin_weak': 'This PIN is easy to guess: it is a row, a repeat or part of your name. Choose another one.',
  'error.pattern_weak': 'This pattern is easy to guess. Draw one with more turns.',
  'error.different': 'The two do not match. Choose again.',
  'error.email_again': 'The two addresses do not match.',
  'error.code': 'Enter the code.',
  'error.password': 'That password cannot be used here. Choose another one.',
  'error.password.short': 'The new password needs at least {count} characters.',
  'error.password.long': 'The new password has at most {count} characters.',
  'error.password.lower': 'The new password needs a lower-case letter.',
  'error.password.upper': 'The new password needs a capital letter.',
  'error.password.special': 'The new password needs a character that is neither a letter nor a digit.',
  'error.password.same': 'The new password has to differ from the old one.',
  'error.password.breached': 'The new password is known from a public breach. Choose another one.',
  'error.secret': 'That does not fit. Check it, and try again.',
  'error.number': 'This is no number that takes messages. Begin with the country code.',
  'error.text_waits': 'Several messages were sent lately. Try again later.',
  'error.totp': 'This is not the code of the app. Check the clock of your device, and enter the newest code.',
  'error.last_factor': 'You need this to sign in. Set up another second factor first.',
  'error.passkey': 'The passkey was not used. Try again, or use another way.',
  'error.passkey_name': 'Give the passkey a name of 1 to 128 characters.',
  'error.last_passkey': 'A passkey is demanded here and this is your last one. Add another first.',
  'error.signed_out': 'You are not signed in any more. Open your account page again.',
  'error.key': 'This is not the administrator key.',
} as const satisfies Texts

export type TextKey = keyof typeof PAGE_TEXTS
type Values = Readonly<Record<string, string | number>>

/** Says a text in the words of a tenant, as plain text. */
export interface Say {
  (key: TextKey, values?: Values): string
  /** A text whose key is put together, or `undefined` when nobody wrote one. */
  readonly own: (key: string) => string | undefined
  /** BCP 47 tag of the page: of the chosen locale, unless most of the words said so far had to come from the built-in texts. */
  readonly lang: string
  /** BCP 47 tag of one text, for dates and numbers inside it. */
  readonly langOf: (key: TextKey) => string
}

/**
 * The texts for who accepts these languages. A key is looked up in the locale variant, its language, the fallback texts of the
 * organization and the built-in ones (CIM notes, texts).
 */
export function textsFor(acceptLanguage: string | undefined, custom: CustomMessages | undefined): Say {
  const locale = custom && chosenLocale(acceptLanguage, Object.keys(custom.locales))
  const layers = custom ? layersOf(custom, locale) : []
  const chosen = languageTag(locale ?? BUILT_IN_LANGUAGE)
  const letters = { own: 0, builtIn: 0 }
  const own = (key: string) => layers.find((texts) => Object.hasOwn(texts, key))?.[key]
  const say = (key: TextKey, values: Values = {}) => {
    const text = own(key)
    letters[text === undefined ? 'builtIn' : 'own'] += (text ?? PAGE_TEXTS[key]).length
    return filled(text ?? PAGE_TEXTS[key], values)
  }
  const langOf = (key: TextKey) => (own(key) === undefined ? BUILT_IN_LANGUAGE : chosen)
  return Object.defineProperties(Object.assign(say, { own, langOf, lang: chosen }), {
    lang: { get: () => (letters.builtIn > letters.own ? builtInFor(chosen) : chosen) },
  })
}
