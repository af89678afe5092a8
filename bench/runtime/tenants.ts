import type { Numbers } from '../measure.ts'
import { send, WORKERS } from './load.ts'
import type { Runtime } from './service.ts'

/** Memory of the runtime after each of so many tenants was asked for its keys, which makes its provider and the keys. */
export async function touchedTenants(runtime: Runtime, tenants: number): Promise<Numbers> {
  let next = 0
  const worker = async () => {
    while (next < tenants) {
      const tenant_id = `touched-${next++}`
      await runtime.admin('POST', '/v1/tenants', { tenant_id })
      await send(runtime, 'GET', `/${tenant_id}/oidc/jwks`)
    }
  }
  await Promise.all(Array.from({ length: WORKERS }, worker))
  return { touchedTenants: tenants, touchedMiB: runtime.residentMiB() }
}
