import { isFederated, type LocalMethod, type Method } from '../identity/directory/methods.ts'
import type { LoginEffect, LoginImpactPage } from '../identity/people/login-impact.ts'
import { providerName } from '../review/federated.ts'
import { LOCKED_OUT } from '../review/live.ts'
import type { DocumentPlace, TenantImpact, UserEffect } from '../review/model.ts'
import { decidingFields } from '../review/policy.ts'
import type { TenantSettings } from '../review/settings.ts'

/** Reads the users of the tenant from an offset on, with what the documents change for them; `undefined`: there is no such tenant. */
export type ReadImpact = (offset: number) => Promise<LoginImpactPage | undefined>

export interface CountOptions {
  /** Lists who they are. */
  readonly ids: boolean
  /** Hears how many users were looked at. */
  readonly onUsers: (done: number) => void
  readonly signal: AbortSignal
}

/** What the documents of a tenant change for its users, added up. */
export async function countImpact(
  read: ReadImpact,
  settings: TenantSettings,
  options: CountOptions,
): Promise<TenantImpact> {
  const tally = new Map<string, Tally>()
  for (let users = 0; ; ) {
    options.signal.throwIfAborted()
    const page = await read(users)
    if (page === undefined) return { tenant: settings.tenant, users: 0, effects: [] }
    for (const { user_id, effects } of page.items)
      for (const effect of effects) note(tally, effect, { user_id, settings })
    users += page.users
    options.onUsers(users)
    if (!page.more) return { tenant: settings.tenant, users, effects: [...tally].map(told(options.ids)) }
  }
}

interface Tally {
  readonly ids: string[]
  readonly causes: Map<string, DocumentPlace>
}

interface Whose {
  readonly user_id: string
  readonly settings: TenantSettings
}

function note(tally: Map<string, Tally>, effect: LoginEffect, { user_id, settings }: Whose): void {
  const what = SAYS[effect.effect](effect)
  const known = tally.get(what) ?? { ids: [], causes: new Map<string, DocumentPlace>() }
  known.ids.push(user_id)
  for (const cause of decidingFields(effect.by, settings, settings))
    known.causes.set(`${cause.address}${cause.pointer}`, cause)
  tally.set(what, known)
}

const told =
  (withIds: boolean) =>
  ([what, { ids, causes }]: readonly [string, Tally]): UserEffect => ({
    what,
    count: ids.length,
    causes: [...causes.values()],
    ...(withIds ? { ids } : {}),
  })

const SAYS: Readonly<Record<LoginEffect['effect'], (effect: LoginEffect) => string>> = {
  cannotSignIn: () => LOCKED_OUT,
  losesMethod: ({ method }) => `can no longer use ${method === undefined ? 'a method' : wordsOf(method)}`,
  setsUpDevice: ({ devices = [] }) => `have to set up ${devices.map((device) => DEVICE_WORDS[device]).join(' or ')}`,
  changesPassword: () => 'have to change their password',
}

const WORDS: Readonly<Record<LocalMethod, string>> = {
  pin: 'their PIN',
  pattern: 'their pattern',
  passkey: 'their passkey',
  password: 'their password',
  otp: 'codes by e-mail',
  letter: 'codes delivered outside the service',
  sms: 'codes by text message',
  totp: 'their authenticator app',
  push: 'approval in another browser',
  appToken: 'links of an app',
  loginToken: 'links that sign in',
}

const wordsOf = (method: Method): string =>
  isFederated(method) ? `their account at ${providerName(method)}` : WORDS[method]

const DEVICE_WORDS = { passkey: 'a passkey', totp: 'an authenticator app' } as const
