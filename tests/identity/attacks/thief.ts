import { type Application, newRequest, post } from '../oidc/application.ts'
import { Browser, signIn } from '../oidc/browser.ts'
import { type OidcWorld, REDIRECT } from '../oidc/world.ts'

/** What attacks on the provider have in common; `world` is asked for at each use, since tests open it later. */
export const thiefOf = (world: () => OidcWorld) => ({
  /** The form that redeems a code, with everything but the client's credentials. */
  async stolenCode(app: Application, extra: Record<string, string> = {}) {
    const { address, checks } = await newRequest(app, 'openid', extra)
    const back = await signIn(world(), new Browser(), app.tenant, address)
    const code = back.searchParams.get('code') ?? ''
    return { grant_type: 'authorization_code', code, redirect_uri: REDIRECT, code_verifier: checks.pkceCodeVerifier }
  },

  token: (tenant: string, form: Record<string, string>) => post(world(), `/${tenant}/oidc/token`, form),

  userinfo: (path: string, text: string) => fetch(world().url + path, { headers: { authorization: `Bearer ${text}` } }),

  disableAda: (tenant_id: string) =>
    world().admin('PUT', `/v1/tenants/${tenant_id}/users/ada`, {
      user_id: 'ada',
      username: 'ada',
      email: 'ada@example.com',
      tenant_id,
      is_disabled: true,
    }),
})
