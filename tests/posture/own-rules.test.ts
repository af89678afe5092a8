import { describe, expect, it } from 'vitest'
import { judge } from '../../posture/judge.ts'
import type { Exception, PostureRule } from '../../posture/model.ts'
import { projectWith, type Settings } from '../review/documents.ts'

const EXPIRY: PostureRule = {
  id: 'expiry',
  says: 'passwords expire after 90 days at most',
  about: 'Login',
  when: 'methods.password',
  cel: 'password.expiresAfterDays != null && password.expiresAfterDays <= 90',
}
const LATE: Settings = {
  CimLoginMethod: { type: 'UsernameAndPassword', displayName: 'Password', enabled: true },
  SecurityConfiguration: { passwordExpirationDays: 365 },
}
const EXCEPTION: Exception = { rule: 'expiry', owner: 'anna@acme.example', until: '2026-06-30', reason: 'migration' }

const judged = (settings: Settings, rule: PostureRule, exceptions: readonly Exception[] = [], day = '2026-06-30') =>
  judge({ resources: projectWith(settings), environment: 'production' }, [rule], exceptions, day)

describe('a rule of the project', () => {
  it('holds across systems, wherever one of them says something', () => {
    expect(judged(LATE, EXPIRY)).toEqual([
      {
        rule: 'expiry',
        says: 'passwords expire after 90 days at most',
        subject: 'web',
        standing: 'violates',
        causes: [{ address: 'SecurityConfiguration/securityconfiguration', pointer: '/passwordExpirationDays' }],
      },
    ])
    expect(judged({ ...LATE, SecurityConfiguration: { passwordExpirationDays: 90 } }, EXPIRY)).toMatchObject([
      { standing: 'holds' },
    ])
  })

  it('is about every document of a kind, with what its system takes for granted', () => {
    const rule: PostureRule = {
      id: 'rs256',
      says: 'tokens are signed with RS256',
      about: 'Client',
      cel: 'self.signingAlg == "RS256"',
    }
    const client = { Client: { tenantRef: { name: 'web' }, displayName: 'App' } }
    expect(judged(client, rule)).toMatchObject([{ subject: 'Client/client', standing: 'violates' }])
  })

  it('that asks for what may be absent is refused, with what to do', () => {
    const rule: PostureRule = { id: 'bad', says: 'x', about: 'Client', cel: 'self.clientUri == "x"' }
    expect(() => judged({ Client: { tenantRef: { name: 'web' }, displayName: 'App' } }, rule)).toThrow(
      'the rule bad cannot be evaluated for Client/client: No such key: clientUri',
    )
  })
})

describe('an exception', () => {
  it.each([
    ['counts until the end of its last day', EXCEPTION, '2026-06-30', 'excepted'],
    ['is over on the next one', EXCEPTION, '2026-07-01', 'violates'],
    ['counts for its subject', { ...EXCEPTION, subject: 'web' }, '2026-01-01', 'excepted'],
    ['counts for no other subject', { ...EXCEPTION, subject: 'shop' }, '2026-01-01', 'violates'],
    ['counts in its environment', { ...EXCEPTION, environment: 'production' }, '2026-01-01', 'excepted'],
    ['counts in no other environment', { ...EXCEPTION, environment: 'dev' }, '2026-01-01', 'violates'],
    ['counts for no other rule', { ...EXCEPTION, rule: 'other' }, '2026-01-01', 'violates'],
  ] as const)('%s', (_, exception, day, standing) => {
    expect(judged(LATE, EXPIRY, [exception], day)).toMatchObject([{ standing }])
  })

  it('names who answers for it, also when it is over', () => {
    const { owner, until, reason } = EXCEPTION
    expect(judged(LATE, EXPIRY, [EXCEPTION], '2026-07-01')).toMatchObject([{ exception: { owner, until, reason } }])
  })

  it('of several the one that lasts longest counts', () => {
    const longer = { ...EXCEPTION, until: '2026-12-31' }
    expect(judged(LATE, EXPIRY, [EXCEPTION, longer], '2026-10-01')).toMatchObject([{ standing: 'excepted' }])
  })
})
