import { decodeJwt } from 'jose'
import type { Provider } from 'oidc-provider'
import type { Deps } from '../deps.ts'
import { Fault } from '../platform/fault.ts'

type Result = Parameters<Provider['interactionFinished']>[2]
type Login = NonNullable<Result['login']>

/**
 * Goes on with an interaction of the library after a login, and returns the address for the browser. An application that asks for
 * consent gets the person's own; for every other one its registration is the consent. Throws Fault 401 when it took too long.
 */
export const resumeLogin = (
  deps: Pick<Deps, 'providers'>,
  tenant: string,
  uid: string,
  login: Login,
): Promise<string> =>
  resume(deps, tenant, uid, ({ prompt, id_token_hint }) => {
    if (isOther(id_token_hint, login)) return OTHER_USER
    return asksConsent(prompt) ? { login, select_account: {} } : { login, select_account: {}, consent: {} }
  })

/** As `resumeLogin`, after the person agreed to what the application may do. */
export const resumeAllowed = (deps: Pick<Deps, 'providers'>, tenant: string, uid: string): Promise<string> =>
  resume(deps, tenant, uid, () => ({ consent: {} }))

/** As `resumeLogin`, after the person gave up or refused. */
export const resumeDenied = (deps: Pick<Deps, 'providers'>, tenant: string, uid: string): Promise<string> =>
  resume(deps, tenant, uid, () => ({ error: 'access_denied', error_description: 'the person did not go on' }))

/** OpenID Connect Core, section 3.1.2.1: an answer about somebody else than the hint names must not come. */
const OTHER_USER = {
  error: 'login_required',
  error_description: 'another person signed in than the id_token_hint names',
}

/** The library has checked the hint. */
const isOther = (hint: unknown, { accountId }: Login): boolean =>
  typeof hint === 'string' && decodeJwt(hint).sub !== accountId

type RequestParameters = Readonly<Record<string, unknown>>

const asksConsent = (prompt: unknown): boolean =>
  String(prompt ?? '')
    .split(' ')
    .includes('consent')

function resume(
  deps: Pick<Deps, 'providers'>,
  tenant: string,
  uid: string,
  result: (params: RequestParameters) => Result,
): Promise<string> {
  return deps.providers.use(tenant, undefined, async ({ provider }) => {
    const interaction = await provider.Interaction.find(uid)
    if (!interaction) throw new Fault(401, 'the login took too long')
    interaction.result = result(interaction.params)
    await forgetEndedSession(provider, interaction)
    await interaction.persist()
    return interaction.returnTo
  })
}

interface Interaction {
  readonly session?: { readonly uid: string } | undefined
}

/**
 * A login that began in a session which has ended since, as by a reset of the secret on the way, goes on without that session: the library
 * would refuse it for good. That it is the same browser is checked by its cookies.
 */
async function forgetEndedSession(provider: Provider, { session }: Interaction): Promise<void> {
  if (session?.uid !== undefined && !(await provider.Session.findByUid(session.uid)))
    Reflect.deleteProperty(session, 'uid')
}
