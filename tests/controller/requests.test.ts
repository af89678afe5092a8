import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { KubeConfig } from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { typeOf } from '../../controller/cache.ts'
import { KubeApi, type KubeObject } from '../../controller/kube/api.ts'

const TENANT = typeOf('Tenant')
const OBJECT: KubeObject = { metadata: { name: 'one', namespace: 'team' } }
const { signal } = new AbortController()

type Call = (api: KubeApi) => Promise<unknown>
const READS: Readonly<Record<string, Call>> = {
  get: (api) => api.get(TENANT, 'team', 'one', signal),
  getManaged: (api) => api.getManaged(TENANT, 'team', 'one', signal),
  list: (api) => api.list(TENANT, { limit: 1, signal }),
  watch: async (api) => {
    for await (const _ of api.watch(TENANT, '1', 1, signal));
  },
  delete: (api) => api.delete(TENANT, 'team', 'one', signal),
}
const WRITES: Readonly<Record<string, Call>> = {
  create: (api) => api.create(TENANT, OBJECT, signal),
  replace: (api) => api.replace(TENANT, OBJECT, signal),
  patch: (api) => api.patch(TENANT, { namespace: 'team', name: 'one' }, {}, signal),
  apply: (api) => api.apply(TENANT, OBJECT, { signal }),
  'apply of the status': (api) => api.apply(TENANT, OBJECT, { signal, subresource: 'status' }),
}

describe('a request to the API server', () => {
  const asked: IncomingMessage[] = []
  const server = createServer((request, answer) => {
    asked.push(request)
    answer.end('{"type":"BOOKMARK","object":{"metadata":{}},"metadata":{},"items":[]}\n')
  })
  let api: KubeApi
  beforeAll(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const config = new KubeConfig()
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    config.loadFromClusterAndUser({ name: 'a', server: url, skipTLSVerify: true }, { name: 'a', token: 'token' })
    api = new KubeApi(config)
  })
  afterAll(() => server.close())

  const made = async (call: Call): Promise<IncomingMessage> => {
    asked.length = 0
    await call(api)
    expect(asked).toHaveLength(1)
    return asked[0] as IncomingMessage
  }

  it.each(Object.entries({ ...READS, ...WRITES }))('names the program and its version: %s', async (_, call) => {
    const { headers } = await made(call)
    expect(headers['user-agent']).toMatch(/^plumbline-controller\/\d+\.\d+\.\d+ \(\w+\/\w+\)$/)
  })

  it.each(Object.entries(WRITES))('that writes names its field manager: %s', async (_, call) => {
    const { url = '' } = await made(call)
    expect(new URL(url, 'http://server').searchParams.get('fieldManager')).toBe('plumbline')
  })
})
