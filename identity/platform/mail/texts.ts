import type { Mail } from './outbox.ts'

/** What the messages say about. `site`: title of the tenant. */
interface Facts {
  readonly to: string
  readonly site: string
  readonly username: string
}
interface WithCode extends Facts {
  readonly code: string
}
interface WithLink {
  /** Page that takes the code. */
  readonly link: string
}

interface WithMinutes {
  readonly minutes: number
}

const mail = (to: string, subject: string, ...paragraphs: readonly string[]): Mail => ({
  to,
  subject,
  text: `${paragraphs.join('\n\n')}\n`,
})

/** The messages that the login sends. Each says what happened, what to do, and what it means if it was somebody else. */
export const MAIL_TEXTS = {
  verifyAddress: ({ to, site, username, code, link }: WithCode & WithLink) =>
    mail(
      to,
      `${site}: confirm your e-mail address`,
      `Hello ${username},`,
      `to confirm that this address is yours, open this page within a day:`,
      link,
      `or enter this code where you are asked for it:`,
      code,
      `If you did not ask for it, do nothing.`,
    ),
  invitation: ({ to, site, code, until, link }: Omit<WithCode, 'username'> & WithLink & { readonly until: string }) =>
    mail(
      to,
      `${site}: you are invited`,
      `Hello,`,
      `you are invited to ${site}. To get your account, open this page until ${until}:`,
      link,
      `or enter this code where you are asked for it:`,
      code,
      `If you do not want an account, do nothing.`,
    ),
  nameTaken: ({ to, site, username }: Facts) =>
    mail(
      to,
      `${site}: you already have an account`,
      `Hello ${username},`,
      `somebody tried to sign up with your user name. You already have an account: sign in, or reset your login secret.`,
      `If it was not you, do nothing. Your account is unchanged.`,
    ),
  resetCode: ({ to, site, username, code, minutes, link }: WithCode & WithMinutes & WithLink) =>
    mail(
      to,
      `${site}: reset your login secret`,
      `Hello ${username},`,
      `to set a new login secret, open this page within ${minutes} minutes:`,
      link,
      `or enter this code where you are asked for it:`,
      code,
      `If you did not ask for it, do nothing. Your login secret is unchanged.`,
    ),
  loginCode: ({ to, site, username, code, minutes, link }: WithCode & WithMinutes & WithLink) =>
    mail(
      to,
      `${site}: your code to sign in`,
      `Hello ${username},`,
      `to sign in, enter this code within ${minutes} minutes:`,
      code,
      `or open this page in the browser in which you are signing in:`,
      link,
      `If you are not signing in, somebody may know your login secret: change it. Give this code to nobody.`,
    ),
  secretChanged: ({ to, site, username }: Facts) =>
    mail(
      to,
      `${site}: your login secret was changed`,
      `Hello ${username},`,
      `your login secret was changed. If it was not you, reset it now and tell your administrator.`,
    ),
  addressChanged: ({ to, site, username }: Facts) =>
    mail(
      to,
      `${site}: your e-mail address was changed`,
      `Hello ${username},`,
      `your account has another e-mail address now. If it was not you, tell your administrator at once.`,
    ),
  accountConnected: ({ to, site, username }: Facts) =>
    mail(
      to,
      `${site}: another account signs you in`,
      `Hello ${username},`,
      `an account at another provider was connected with yours and signs you in from now on. If it was not you, disconnect it on your account page and tell your administrator.`,
    ),
  phoneAdded: ({ to, site, username }: Facts) =>
    mail(
      to,
      `${site}: a telephone gets your codes`,
      `Hello ${username},`,
      `a telephone was set up for codes of your account. If it was not you, remove it on your account page and tell your administrator.`,
    ),
  phoneRemoved: ({ to, site, username }: Facts) =>
    mail(
      to,
      `${site}: your telephone was removed`,
      `Hello ${username},`,
      `the telephone of your account was removed. If it was not you, change your login secret now and tell your administrator.`,
    ),
  authenticatorAdded: ({ to, site, username }: Facts) =>
    mail(
      to,
      `${site}: an authenticator app confirms your logins`,
      `Hello ${username},`,
      `an authenticator app was set up for your account. If it was not you, remove it on your account page and tell your administrator.`,
    ),
  authenticatorRemoved: ({ to, site, username }: Facts) =>
    mail(
      to,
      `${site}: your authenticator app was removed`,
      `Hello ${username},`,
      `the authenticator app of your account was removed. If it was not you, change your login secret now and tell your administrator.`,
    ),
} as const
