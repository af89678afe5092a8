/**
 * The messages that the service sends: subject, then paragraphs. Each says what happened, what to do, and what it means if it was
 * somebody else. Names in braces are filled in.
 */
export const ENGLISH_MAILS = {
  verifyAddress: [
    '{site}: confirm your e-mail address',
    'Hello {username},',
    'To confirm that this address is yours, open this page within a day:',
    '{link}',
    'Or enter this code where you are asked for it:',
    '{code}',
    'If you did not ask for this, you can ignore this message.',
  ],
  invitation: [
    '{site}: you are invited',
    'Hello,',
    'You are invited to {site}. To get your account, open this page by {until}:',
    '{link}',
    'Or enter this code where you are asked for it:',
    '{code}',
    'If you do not want an account, you can ignore this message.',
  ],
  nameTaken: [
    '{site}: you already have an account',
    'Hello {username},',
    'Somebody tried to sign up with your user name. You already have an account: sign in, or reset your login secret.',
    'If it was not you, you can ignore this message. Your account is unchanged.',
  ],
  resetCode: [
    '{site}: reset your login secret',
    'Hello {username},',
    'To set a new login secret, open this page within {minutes} minutes:',
    '{link}',
    'Or enter this code where you are asked for it:',
    '{code}',
    'If you did not ask for this, you can ignore this message. Your login secret is unchanged.',
  ],
  loginCode: [
    '{site}: your code to sign in',
    'Hello {username},',
    'To sign in, enter this code within {minutes} minutes:',
    '{code}',
    'Or open this page in the browser in which you are signing in:',
    '{link}',
    'If you are not signing in, somebody may know your login secret: change it. Never share this code.',
  ],
  secretChanged: [
    '{site}: your login secret was changed',
    'Hello {username},',
    'Your login secret was changed. If it was not you, reset it now and tell your administrator.',
  ],
  addressChanged: [
    '{site}: your e-mail address was changed',
    'Hello {username},',
    'Your account now has another e-mail address. If it was not you, tell your administrator at once.',
  ],
  accountConnected: [
    '{site}: another account signs you in',
    'Hello {username},',
    'An account at another provider was connected to yours and can now sign you in. If it was not you, disconnect it on your account page and tell your administrator.',
  ],
  phoneAdded: [
    '{site}: a telephone gets your codes',
    'Hello {username},',
    'A telephone was set up to receive codes for your account. If it was not you, remove it on your account page and tell your administrator.',
  ],
  phoneRemoved: [
    '{site}: your telephone was removed',
    'Hello {username},',
    'The telephone of your account was removed. If it was not you, change your login secret now and tell your administrator.',
  ],
  authenticatorAdded: [
    '{site}: an authenticator app confirms your logins',
    'Hello {username},',
    'An authenticator app was set up for your account. If it was not you, remove it on your account page and tell your administrator.',
  ],
  authenticatorRemoved: [
    '{site}: your authenticator app was removed',
    'Hello {username},',
    'The authenticator app of your account was removed. If it was not you, change your login secret now and tell your administrator.',
  ],
  browserAdded: [
    '{site}: a browser approves your logins',
    'Hello {username},',
    'A browser was set up to approve your logins. If it was not you, remove it on your account page and tell your administrator.',
  ],
  browserRemoved: [
    '{site}: a browser approves your logins no longer',
    'Hello {username},',
    'A browser that approved your logins was removed. If it was not you, change your login secret now and tell your administrator.',
  ],
} as const

/** Messages of a sentence or two: by telephone (`text…`), and what is delivered outside the service (`letter…`). */
export const ENGLISH_NOTES = {
  textLogin: '{site}: your code to sign in. Give it to nobody. {code}',
  textNumber: '{site}: your code to confirm this number. {code}',
  textInvitation: '{site}: your code to accept the invitation. Give it to nobody. {code}',
  textName: '{site}: your user name is {username}',
  letterLogin: '{site}: your code. {code}',
  letterInvitation: '{site}: your code. {code}',
  letterActivation: '{site}: activate your account at {link} with the code {code}',
} as const
