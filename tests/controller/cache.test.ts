import { describe, expect, it } from 'vitest'
import { Cache } from '../../controller/cache.ts'
import type { KubeObject } from '../../controller/kube/api.ts'

const tenant = (uid: string, resourceVersion: string): KubeObject => ({
  metadata: { name: 'acme', namespace: 'team', uid, resourceVersion, generation: 1 },
  spec: { connectionRef: { name: 'runtime' } },
})

describe('the cache', () => {
  it('takes an object that was deleted and made anew between two lists for another object', () => {
    const told: string[] = []
    const cache = new Cache((_item, before, after) => told.push(`${before?.metadata.uid} → ${after?.metadata.uid}`))
    cache.put('Tenant', tenant('one', '1'))
    cache.put('Tenant', tenant('two', '9'))
    expect(told).toEqual(['undefined → one', 'one → undefined', 'undefined → two'])
    expect(cache.dependentsOf('Connection/team/runtime')).toEqual(['Tenant/team/acme'])
  })

  it('keeps nothing of an object that has gone', () => {
    const cache = new Cache()
    cache.put('Tenant', tenant('one', '1'))
    cache.remove('Tenant/team/acme')
    expect([cache.targetsOf('Tenant/team/acme'), cache.dependentsOf('Connection/team/runtime')]).toEqual([[], []])
  })
})
