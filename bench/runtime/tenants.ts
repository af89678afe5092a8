import type { Numbers } from '../measure.ts'
import { send, WORKERS } from './load.ts'
import type { Runtime } from './service.ts'

/** Memory of the runtime after the first tenth of so many tenants, and then each of them, was asked for its keys, which makes its provider and the keys. */
export async function touchedTenants(runtime: Runtime, tenants: number): Promise<Numbers> {
  const some = Math.ceil(tenants / 10)
  await touch(runtime, 0, some)
  const someMiB = runtime.residentMiB()
  await touch(runtime, some, tenants)
  return {
    someTouchedTenants: some,
    someTouchedMiB: someMiB,
    touchedTenants: tenants,
    touchedMiB: runtime.residentMiB(),
  }
}

async function touch(runtime: Runtime, from: number, to: number): Promise<void> {
  let next = from
  const worker = async () => {
    while (next < to) {
      const tenant_id = `touched-${next++}`
      await runtime.admin('POST', '/v1/tenants', { tenant_id })
      await send(runtime, 'GET', `/${tenant_id}/oidc/jwks`)
    }
  }
  await Promise.all(Array.from({ length: WORKERS }, worker))
}
