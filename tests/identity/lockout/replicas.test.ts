import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { assemble } from '../../../identity/assemble.ts'
import { seal } from '../../../identity/crypto/seal.ts'
import type { Deps } from '../../../identity/deps.ts'
import { AUTHENTICATORS } from '../../../identity/directory/authenticators.ts'
import { newUser } from '../../../identity/directory/users.ts'
import { authenticatorPurpose } from '../../../identity/factors/totp/enrolment.ts'
import { takeAppCode } from '../../../identity/factors/totp/sign-in.ts'
import { takeAttempt } from '../../../identity/lockout/attempts.ts'
import { verifyAudit } from '../../../identity/platform/audit/log.ts'
import { mayText } from '../../../identity/platform/messages/pumping.ts'
import { openStore } from '../../../identity/store/open.ts'
import { type Postgres, startPostgres } from '../../support/postgres.ts'
import { appCode } from '../totp/world.ts'

const NOW = new Date('2026-03-01T12:00:00Z')
const TENANT = 'acme-web'
const CONFIG = {
  ip_attempts_limit: 5,
  ip_attempts_reset_minutes: 10_080,
  user_attempts_limit: 15,
  user_timeframe_seconds: 300,
  initial_block_seconds: 60,
  max_block_time_minutes: 2880,
}

describe('two replicas on one PostgreSQL', () => {
  let postgres: Postgres
  let replicas: readonly Deps[]
  beforeAll(async () => {
    postgres = await startPostgres()
    const url = await postgres.database()
    const now = () => NOW
    const open = async () => assemble({ store: await openStore(url, now), now, masterKey: new Uint8Array(32).fill(7) })
    replicas = [await open(), await open()]
  })
  afterAll(async () => {
    for (const { store } of replicas ?? []) await store.close()
    await postgres?.stop()
  })

  const onBoth = <T>(times: number, work: (deps: Deps, i: number) => Promise<T>) =>
    Promise.all(Array.from({ length: times }, (_, i) => work(replicas[i % 2] as Deps, i)))

  it('let parallel guesses get no further than one would', async () => {
    const outcomes = await onBoth(30, (deps, i) =>
      takeAttempt(deps, { scope: TENANT, config: CONFIG, ip: '203.0.113.1', username: `name-${i}` }).then(
        () => 'taken',
        () => 'refused',
      ),
    )
    expect(outcomes.filter((o) => o === 'taken')).toHaveLength(5)
  })

  it('take a code of an app once', async () => {
    const [deps] = replicas as readonly [Deps]
    const input = {
      user_id: 'jane',
      username: 'jane',
      email: '',
      tenant_id: TENANT,
      is_disabled: false,
      is_verified: true,
    }
    const user = newUser(input, NOW.toISOString())
    const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
    const sealed = seal(deps.masterKey, authenticatorPurpose(user), secret)
    const { user_id, created_at } = user
    const own = { user_id, user_created_at: created_at, sealed, last_step: 0, recovery: [], created_at }
    await deps.store.create(AUTHENTICATORS, TENANT, own)
    const taken = await onBoth(20, (replica) => takeAppCode(replica, user, appCode(secret, NOW)))
    expect(taken.filter(Boolean)).toHaveLength(1)
  })

  it('count text messages to one number together', async () => {
    const number = { e164: '+4915123456789', prefix: '49' }
    const sent = await onBoth(20, (deps, i) => mayText(deps, { tenant: TENANT, number, source: `192.0.2.${i}` }))
    expect(sent.filter(Boolean)).toHaveLength(5)
  })

  it('write one chain of audit records', async () => {
    await onBoth(30, (deps, i) => deps.auditLog.append(TENANT, { event: 'test', actor: `user:${i}`, subject: {} }))
    expect(await verifyAudit(replicas[0] as Deps, TENANT)).toEqual({ records: 30, head: expect.any(String) })
  })
})
