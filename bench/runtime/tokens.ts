import { fileURLToPath } from 'node:url'
import type { Numbers } from '../measure.ts'
import { type Contender, type Rate, ratesOf, send } from './load.ts'
import { type Runtime, type Served, start } from './service.ts'

/** Of the server's processor time, for each rate. */
const CPU_SECONDS = 5
const BARE = fileURLToPath(new URL('bare-provider.ts', import.meta.url))
const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

/** Tokens of client credentials: ours over the real store, and beside them those of the bare library. */
export async function tokenNumbers(runtime: Runtime): Promise<Numbers> {
  const bare = await start(['--import', 'tsx', BARE])
  try {
    const [edDsa, rs256] = [await bothRates(runtime, bare, 'EdDSA'), await bothRates(runtime, bare, 'RS256')]
    return {
      edDsaPerCore: edDsa.ours.perCore,
      bareEdDsaPerCore: edDsa.bare.perCore,
      edDsaShareOfBare: edDsa.ours.perCore / edDsa.bare.perCore,
      edDsaPerSecond: edDsa.ours.perSecond,
      rs256PerCore: rs256.ours.perCore,
      bareRs256PerCore: rs256.bare.perCore,
      rs256ShareOfBare: rs256.ours.perCore / rs256.bare.perCore,
      rs256PerSecond: rs256.ours.perSecond,
    }
  } finally {
    await bare.stop()
  }
}

async function bothRates(runtime: Runtime, bare: Served, alg: 'EdDSA' | 'RS256'): Promise<{ ours: Rate; bare: Rate }> {
  const tenant_id = `tokens-${alg}`
  await runtime.admin('POST', '/v1/tenants', { tenant_id })
  const registration = { client_id: 'machine', name: 'Machine', tenant_id, sing_alg: alg, redirect_uris: [] }
  const { client_secret } = await runtime.admin<{ client_secret: string }>('POST', '/v1/clients', {
    ...registration,
    token_endpoint_auth_method: 'client_secret_post',
  })
  const form = (client_id: string, secret: string) =>
    new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret: secret }).toString()
  const [own, theirs] = [form('machine', client_secret), form(alg, 'secret')]
  const asking = (served: Served, path: string, body: string): Contender => ({
    served,
    work: async () => void (await send(served, 'POST', path, { body, headers: FORM })),
  })
  const contenders = [asking(runtime, `/${tenant_id}/oidc/token`, own), asking(bare, '/token', theirs)]
  const [ours, library] = await ratesOf(contenders, CPU_SECONDS)
  return { ours, bare: library } as { ours: Rate; bare: Rate }
}
