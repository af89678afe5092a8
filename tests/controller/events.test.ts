import { describe, expect, it } from 'vitest'
import { EventLimit } from '../../controller/event-limit.ts'
import { eventRecorder } from '../../controller/events.ts'
import type { KubeApi, KubeObject } from '../../controller/kube/api.ts'

const MINUTE = 60_000

describe('events', () => {
  it('of one reason and object are one series, until nothing came for six minutes', () => {
    const limit = new EventLimit()
    expect(limit.goesOn('a failed', 'first', 0)).toBeUndefined()
    expect(limit.goesOn('a failed', 'second', MINUTE)).toMatchObject({ name: 'first', count: 2 })
    expect(limit.goesOn('b failed', 'third', MINUTE)).toBeUndefined()
    expect(limit.goesOn('a failed', 'fourth', 8 * MINUTE)).toBeUndefined()
  })

  it('of one object are 25 at once, and one in five minutes from then on', () => {
    const limit = new EventLimit()
    const allowed = Array.from({ length: 40 }, () => limit.allows('a', 0)).filter(Boolean)
    expect(allowed).toHaveLength(25)
    expect([limit.allows('a', 4 * MINUTE), limit.allows('b', 4 * MINUTE)]).toEqual([false, true])
    expect([limit.allows('a', 5 * MINUTE), limit.allows('a', 5 * MINUTE)]).toEqual([true, false])
  })

  it('whose words change each time, e.g. by a trace id, are no storm', async () => {
    const sent: string[] = []
    const answer = async (method: string, object: KubeObject): Promise<KubeObject> => {
      sent.push(method)
      return object
    }
    const api = {
      create: (_type: unknown, object: KubeObject) => answer('create', object),
      patch: (_type: unknown, _at: unknown, object: KubeObject) => answer('patch', object),
    } as unknown as KubeApi
    const now = () => new Date(0)
    const record = eventRecorder({ api, instance: 'i', now, signal: new AbortController().signal, onFault: () => {} })
    const metadata = { name: 'acme', namespace: 'team' }
    const resource = { apiVersion: 'plumbline.dev/v1alpha1', kind: 'Tenant', metadata, spec: {} } as const
    for (let i = 0; i < 1_000; i++) {
      const told = { type: 'Warning', reason: 'Rejected', action: 'Reconcile', note: `trace ${i}` } as const
      record({ metadata: { ...metadata, uid: 'u' } }, resource, told)
    }
    expect(sent.filter((method) => method === 'create')).toHaveLength(1)
    expect(sent.length).toBe(25)
  })
})
