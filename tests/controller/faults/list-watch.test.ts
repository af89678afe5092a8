import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PlumblineError } from '../../../config/errors.ts'
import { typeOf } from '../../../controller/cache.ts'
import { KubeApi, type KubeObject } from '../../../controller/kube/api.ts'
import { ListWatch } from '../../../controller/kube/list-watch.ts'
import { systemClock } from '../../../reconciler/retry.ts'
import { type Kube, startKube, until } from '../../support/kube.ts'
import { Cluster } from '../cluster.ts'
import { type Proxy as CuttableProxy, startProxy } from './proxy.ts'

describe('a list-watch', () => {
  let kube: Kube
  let proxy: CuttableProxy
  let cluster: Cluster
  beforeAll(async () => {
    kube = await startKube()
    proxy = await startProxy(kube.server)
    cluster = new Cluster(kube.admin, await kube.namespace())
  })
  afterAll(async () => {
    await proxy.close()
    await kube.stop()
  })

  /** Follows the tenants through the proxy; `told` holds what the handler heard, e.g. `changed web`. */
  const follow = () => {
    const told: string[] = []
    const faults: PlumblineError[] = []
    const stop = new AbortController()
    const tell = (what: string) => (object: KubeObject) => void told.push(`${what} ${object.metadata.name}`)
    const watch = new ListWatch({
      api: new KubeApi(kube.configOf('admin', proxy.url)),
      type: typeOf('Tenant'),
      handler: { changed: tell('changed'), gone: tell('gone') },
      clock: systemClock,
      signal: stop.signal,
      onFault: (error) => faults.push(error),
    })
    const ended = watch.run()
    const heard = (what: string) => until(`it hears: ${what}`, async () => told.includes(what))
    const end = async (): Promise<void> => {
      stop.abort()
      await ended
    }
    return { told, faults, heard, synced: watch.synced, stop: end }
  }

  it('tells of what is there, and of every change', async () => {
    await cluster.tenant('there')
    const { heard, synced, stop } = follow()
    await synced
    await heard('changed there')
    await cluster.tenant('later')
    await heard('changed later')
    await cluster.delete('Tenant', 'later')
    await heard('gone later')
    await stop()
  })

  it('goes on after its connection broke, without telling anything twice', async () => {
    await cluster.tenant('steady')
    const { told, heard, stop } = follow()
    await heard('changed steady')
    proxy.cut()
    await cluster.tenant('after-the-cut')
    await heard('changed after-the-cut')
    expect(told.filter((t) => t === 'changed steady')).toHaveLength(1)
    await stop()
  })

  it('tells of a deletion that happened while its versions became too old (410)', async () => {
    await cluster.tenant('doomed')
    const { faults, heard, stop } = follow()
    await heard('changed doomed')
    proxy.block(true)
    await cluster.delete('Tenant', 'doomed')
    await cluster.tenant('newcomer')
    await kube.compact()
    await kube.killServer()
    await kube.startServer()
    proxy.block(false)
    await heard('gone doomed')
    await heard('changed newcomer')
    expect(faults.some((f) => f.code === 'PLAN_STALE')).toBe(true)
    await stop()
  })
})
