import type { OpenIdFacts, ProviderClaims } from './facts.ts'
import type { ProviderServer } from './server.ts'
import { isYes, recordOf, textOf, textsOf } from './values.ts'

const DAY_SECONDS = 24 * 3600

const discoveredAt = (discovery: string): ProviderServer => ({ discovery, keptSeconds: DAY_SECONDS })

/** The providers with the block BaseOAuthAttributes of the contract. */
const SOCIAL = { clientId: ({ clientId }: ProviderClaims) => textOf(clientId) } as const

/** Google is the authority for its own addresses only; others may have another owner by now (its guide "Verify the Google ID token"). */
const google = (said: ProviderClaims): ProviderClaims => {
  const isOwn = textOf(said.hd) !== undefined || String(said.email).toLowerCase().endsWith('@gmail.com')
  return { ...said, email_verified: said.email_verified === true && isOwn }
}

const facebook = ({
  id,
  email,
  name,
  first_name,
  middle_name,
  last_name,
  picture,
}: ProviderClaims): ProviderClaims => ({
  sub: id,
  email,
  name,
  given_name: first_name,
  middle_name,
  family_name: last_name,
  picture: recordOf(recordOf(picture).data).url,
})

const linkedIn = (said: ProviderClaims): ProviderClaims => {
  const { language, country } = recordOf(said.locale)
  const locale = [language, country].filter((part) => textOf(part) !== undefined).join('-')
  return { ...said, locale: textOf(said.locale) ?? textOf(locale), email_verified: isYes(said.email_verified) }
}

const paypal = ({ user_id, name, given_name, family_name, emails }: ProviderClaims): ProviderClaims => {
  const all = (Array.isArray(emails) ? emails : []).map(recordOf)
  const first = all.find((email) => isYes(email.primary)) ?? all[0] ?? {}
  return { sub: user_id, name, given_name, family_name, email: first.value, email_verified: isYes(first.confirmed) }
}

/** It tells addresses only that it has confirmed. */
const twitter = ({ data }: ProviderClaims): ProviderClaims => {
  const { id, name, username, confirmed_email, profile_image_url } = recordOf(data)
  const email = textOf(confirmed_email)
  return { sub: id, name, preferred_username: username, picture: profile_image_url, email, email_verified: !!email }
}

/** The name comes once, at the first sign-in, by the browser; it opens nothing. */
const apple = (said: ProviderClaims, returned: URLSearchParams): ProviderClaims => {
  const { firstName, lastName } = recordOf(recordOf(parsed(returned.get('user'))).name)
  return { ...said, given_name: firstName, family_name: lastName, email_verified: isYes(said.email_verified) }
}

function parsed(text: string | null): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return undefined
  }
}

/** The tenant `contoso`, or `contoso.onmicrosoft.com`, and the user flow that runs. */
function azure({ tenantId, policy }: ProviderClaims): ProviderServer | undefined {
  const [tenant, flow] = [textOf(tenantId)?.replace(/\.onmicrosoft\.com$/i, ''), textOf(policy)]
  if (tenant === undefined || !/^[a-z0-9-]+$/i.test(tenant) || flow === undefined) return undefined
  const base = `https://${tenant}.b2clogin.com/${tenant}.onmicrosoft.com/${encodeURIComponent(flow)}/v2.0`
  // Its issuer holds the id of the tenant and not its name.
  return { ...discoveredAt(`${base}/.well-known/openid-configuration`), sameOrigin: true }
}

/** A token of another user flow of the tenant may have demanded less. */
function wrongFlow({ policy }: ProviderClaims, { tfp, acr }: ProviderClaims): string | undefined {
  const ran = textOf(tfp) ?? textOf(acr)
  return ran?.toLowerCase() === String(policy).toLowerCase() ? undefined : 'another user flow ran'
}

/** Levels of itsme, as it names them. */
const ITSME_LEVELS: Readonly<Record<string, string>> = {
  Basic: 'http://itsme.services/V2/claim/acr_basic',
  Advanced: 'http://itsme.services/V2/claim/acr_advanced',
}
const ITSME = 'https://idp.prd.itsme.services/v2/.well-known/openid-configuration'

function itsmeServer({ discoveryUrl, metadataExpirationSeconds: kept }: ProviderClaims): ProviderServer {
  return { discovery: textOf(discoveryUrl) ?? ITSME, keptSeconds: typeof kept === 'number' ? kept : DAY_SECONDS }
}

const itsmeScopes = ({ loginServiceCode, scopes }: ProviderClaims): readonly string[] => {
  const asked = Array.isArray(scopes) ? textsOf(scopes) : ['profile', 'email']
  return [...new Set(['openid', `service:${loginServiceCode}`, ...asked])]
}

/** The basic level was reached by whatever is more, too. */
const wrongLevel = ({ securityLevel }: ProviderClaims, { acr }: ProviderClaims): string | undefined =>
  securityLevel === 'Advanced' && acr !== ITSME_LEVELS.Advanced
    ? 'the login there was not of the advanced level'
    : undefined

const APPLE_SCOPES = ['name', 'email']
const appleScopes = ({ scopes }: ProviderClaims): readonly string[] =>
  Array.isArray(scopes) ? textsOf(scopes) : APPLE_SCOPES

/** Providers with addresses of their own, as they publish them. */
export const PRESETS: Readonly<Record<string, OpenIdFacts>> = {
  Google: {
    ...SOCIAL,
    block: 'google',
    server: () => discoveredAt('https://accounts.google.com/.well-known/openid-configuration'),
    authentication: () => 'client_secret_post',
    scopes: () => ['openid', 'profile', 'email'],
    identity: 'id_token',
    person: google,
  },
  LinkedIn: {
    ...SOCIAL,
    block: 'linkedIn',
    server: () => discoveredAt('https://www.linkedin.com/oauth/.well-known/openid-configuration'),
    authentication: () => 'client_secret_post',
    scopes: () => ['openid', 'profile', 'email'],
    identity: 'id_token',
    withoutNonce: true,
    person: linkedIn,
  },
  Facebook: {
    ...SOCIAL,
    block: 'facebook',
    server: () => ({
      metadata: {
        issuer: 'https://www.facebook.com',
        authorization_endpoint: 'https://www.facebook.com/dialog/oauth',
        token_endpoint: 'https://graph.facebook.com/oauth/access_token',
        userinfo_endpoint:
          'https://graph.facebook.com/me?fields=id,name,first_name,middle_name,last_name,email,picture',
      },
    }),
    authentication: () => 'client_secret_post',
    scopes: () => ['public_profile', 'email'],
    identity: 'user_info',
    person: facebook,
  },
  Paypal: {
    ...SOCIAL,
    block: 'paypal',
    server: () => ({
      metadata: {
        issuer: 'https://www.paypal.com',
        authorization_endpoint: 'https://www.paypal.com/signin/authorize',
        token_endpoint: 'https://api-m.paypal.com/v1/oauth2/token',
        userinfo_endpoint: 'https://api-m.paypal.com/v1/identity/oauth2/userinfo?schema=paypalv1.1',
      },
    }),
    authentication: () => 'client_secret_basic_as_is',
    scopes: () => ['openid', 'profile', 'email'],
    // Its ID token is signed with the client secret.
    identity: 'user_info',
    person: paypal,
  },
  Twitter: {
    ...SOCIAL,
    block: 'twitter',
    server: () => ({
      metadata: {
        issuer: 'https://x.com',
        authorization_endpoint: 'https://x.com/i/oauth2/authorize',
        token_endpoint: 'https://api.x.com/2/oauth2/token',
        userinfo_endpoint: 'https://api.x.com/2/users/me?user.fields=confirmed_email,profile_image_url',
      },
    }),
    authentication: () => 'client_secret_basic_as_is',
    scopes: () => ['users.read', 'tweet.read', 'users.email'],
    identity: 'user_info',
    person: twitter,
  },
  AzureAdB2c: {
    block: 'azureAdB2c',
    server: azure,
    clientId: ({ applicationId }) => textOf(applicationId),
    authentication: () => 'none_or_secret',
    scopes: () => ['openid'],
    identity: 'id_token',
    person: (said) => ({ ...said, email: said.email ?? textsOf(said.emails)[0] }),
    wrong: wrongFlow,
  },
  Itsme: {
    block: 'itsme',
    server: itsmeServer,
    clientId: ({ clientId, loginServiceCode }) =>
      textOf(loginServiceCode) === undefined ? undefined : textOf(clientId),
    authentication: () => 'private_key_jwt',
    scopes: itsmeScopes,
    claims: ({ claims }) => textsOf(claims),
    parameters: ({ securityLevel }) => ({
      acr_values: ITSME_LEVELS[String(securityLevel)] ?? String(ITSME_LEVELS.Basic),
    }),
    encrypted: () => ({ idToken: true, userInfo: true }),
    identity: 'id_token',
    wrong: wrongLevel,
  },
  SignInWithApple: {
    block: 'signInWithApple',
    server: ({ jwksUri }) => ({
      ...discoveredAt('https://appleid.apple.com/.well-known/openid-configuration'),
      jwks: textOf(jwksUri),
    }),
    clientId: ({ clientId }) => textOf(clientId),
    authentication: () => 'apple',
    scopes: appleScopes,
    // It gives a name or an address only to a form.
    parameters: (block) =>
      appleScopes(block).some((s) => APPLE_SCOPES.includes(s)) ? { response_mode: 'form_post' } : {},
    identity: 'id_token',
    person: apple,
  },
}
