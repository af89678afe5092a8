import { errors, Provider } from 'oidc-provider'
import type { Deps } from '../deps.ts'
import { succeeds } from '../platform/succeeds.ts'
import type { Collection } from '../store/store.ts'
import { artifactHash } from './artifacts.ts'
import { LIFETIMES } from './lifetimes.ts'

/** Seconds between two questions of a device, and by how much each question that comes too early makes that longer (RFC 8628, section 3.5). */
const INTERVAL = 5

interface Pace {
  /** Keyed hash of the device code. */
  readonly id: string
  /** Milliseconds since 1970. */
  readonly asked: number
  readonly seconds: number
}
const PACES: Collection<Pace> = { name: 'oidcDevicePaces', id: (p) => p.id, indexes: [] }

/** Tells a device that asks too often to slow down, while nobody has answered for it. */
export function paceDevices(deps: Pick<Deps, 'store' | 'now' | 'masterKey'>, tenant: string, provider: Provider): void {
  const model = provider.DeviceCode as unknown as { find(...of: unknown[]): Promise<DeviceCode | undefined> }
  const find = model.find
  model.find = async function (...of) {
    const code = await find.apply(this, of)
    const isAsking = Provider.ctx?.oidc?.route === 'token' && code !== undefined
    if (isAsking && code.accountId === undefined && code.error === undefined) await keepPace(deps, tenant, code.jti)
    return code
  }
}

interface DeviceCode {
  readonly jti: string
  readonly accountId?: string
  readonly error?: string
}

async function keepPace(deps: Pick<Deps, 'store' | 'now' | 'masterKey'>, tenant: string, code: string): Promise<void> {
  const { store } = deps
  const id = artifactHash(deps, code)
  const now = deps.now().getTime()
  const first = store.create(PACES, tenant, { id, asked: now, seconds: INTERVAL }, LIFETIMES.DeviceCode)
  if (await succeeds(first, 'CONFLICT')) return
  let early = false
  await store.update(PACES, tenant, id, (old) => {
    early = now - old.asked < old.seconds * 1000
    return { ...old, asked: now, seconds: old.seconds + (early ? INTERVAL : 0) }
  })
  if (early) throw new SlowDown()
}

class SlowDown extends errors.OIDCProviderError {
  override error_description = 'the device asks too often; wait five seconds longer between two questions'
  constructor() {
    super(400, 'slow_down')
  }
}
