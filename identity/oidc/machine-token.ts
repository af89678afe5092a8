import { createLocalJWKSet, decodeJwt, errors, type JSONWebKeySet, jwtVerify } from 'jose'
import { PlumblineError } from '../../config/errors.ts'
import type { Deps } from '../deps.ts'
import { issuerOf, tenantOfIssuer } from './issuer.ts'
import { isRevoked, type MachineToken, presented } from './presented-token.ts'

const ALGORITHMS = ['EdDSA', 'RS256']

/** What a good client credentials token of a tenant here says; `undefined` for any other text, an expired and a revoked one. */
export async function machineTokenOf(
  deps: Pick<Deps, 'store' | 'masterKey' | 'publicUrl' | 'providers'>,
  token: string,
): Promise<MachineToken | undefined> {
  const tenant = tenantOfIssuer(deps, issuerIn(token))
  if (tenant === undefined) return undefined
  const ring = await deps.providers.use(tenant, undefined, async (value) => value.ring).catch(unless('NOT_FOUND'))
  if (!ring) return undefined
  const keys = createLocalJWKSet({ keys: ring.keys.map((key) => key.publicJwk) } as JSONWebKeySet)
  const claims = await verified(deps, tenant, token, keys)
  const found = claims && { ...claims, tenant }
  return found && !(await isRevoked(deps, found)) ? found : undefined
}

type Keys = ReturnType<typeof createLocalJWKSet>

async function verified(
  deps: Pick<Deps, 'publicUrl'>,
  tenant: string,
  token: string,
  keys: Keys,
): Promise<MachineToken | undefined> {
  const issuer = issuerOf(deps, tenant)
  const asked = { algorithms: ALGORITHMS, issuer, audience: issuer, typ: 'at+jwt' }
  const required = ['exp', 'iat', 'jti', 'client_id', 'sub']
  const found = await jwtVerify(token, keys, { ...asked, requiredClaims: required }).catch(unlessBad)
  return found?.payload.sub === found?.payload.client_id ? (found?.payload as MachineToken | undefined) : undefined
}

function issuerIn(token: string): unknown {
  try {
    return decodeJwt(token).iss
  } catch (error) {
    return unlessBad(error)
  }
}

function unlessBad(error: unknown): undefined {
  if (!(error instanceof errors.JOSEError)) throw error
}

const unless = (code: string) => (error: unknown) => {
  if (!(error instanceof PlumblineError && error.code === code)) throw error
  return undefined
}

/**
 * Runs `work` with the form by which the library can be asked about a client credentials token: it refuses structured tokens, so it gets the
 * `jti` in the place of a token that was verified here. One that is not good here is a text that nobody knows.
 */
export async function askingAboutToken<R>(
  deps: Pick<Deps, 'store' | 'masterKey' | 'publicUrl' | 'providers'>,
  tenant: string,
  body: string,
  work: (body: string) => Promise<R>,
): Promise<R> {
  const form = new URLSearchParams(body)
  const text = form.get('token')
  if (text === null || text.split('.').length !== 3) return work(body)
  const token = await machineTokenOf(deps, text)
  const isOurs = token?.tenant === tenant
  form.set('token', isOurs ? token.jti : 'unknown')
  return isOurs ? presented.run(token, () => work(form.toString())) : work(form.toString())
}
