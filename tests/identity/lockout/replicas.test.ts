import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { assemble } from '../../../identity/assemble.ts'
import type { Deps } from '../../../identity/deps.ts'
import { takeAttempt } from '../../../identity/lockout/attempts.ts'
import { verifyAudit } from '../../../identity/platform/audit/log.ts'
import { openStore } from '../../../identity/store/open.ts'
import { type Postgres, startPostgres } from '../../support/postgres.ts'

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

  it('write one chain of audit records', async () => {
    await onBoth(30, (deps, i) => deps.auditLog.append(TENANT, { event: 'test', actor: `user:${i}`, subject: {} }))
    expect(await verifyAudit(replicas[0] as Deps, TENANT)).toEqual({ records: 30, head: expect.any(String) })
  })
})
