/** What an action token is for. */
const ACTION_KINDS = ['app_to_web', 'coupling', 'login'] as const
export type ActionKind = (typeof ACTION_KINDS)[number]

const PREFIX = 'urn:plumbline:action-token:'

/** The `login_hint` with which an authorization request brings a token. */
export const hintOfToken = (token: string): string => `${PREFIX}${token}`

/** The token that a login was begun with. */
export const tokenInHint = (hint: string | undefined): string | undefined =>
  hint?.startsWith(PREFIX) === true ? hint.slice(PREFIX.length) : undefined

/** The kind stands before the first dot of a token; whether it is good is another question. */
export const kindOfToken = (token: string | undefined): ActionKind | undefined =>
  ACTION_KINDS.find((kind) => token?.startsWith(`${kind}.`))

/** Whether a login was begun to connect an account at another provider. */
export const isCoupling = ({ loginHint }: { readonly loginHint?: string }): boolean =>
  kindOfToken(tokenInHint(loginHint)) === 'coupling'
