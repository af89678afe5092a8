import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { Agent, type Dispatcher } from 'undici'
import { describe, expect, it, onTestFinished } from 'vitest'
import { exchange } from '../../reconciler/exchange.ts'
import { ANSWER_LIMIT, sendOverNetwork } from '../../reconciler/send.ts'
import { asking, textOf } from '../support/sending.ts'

const SEND = fileURLToPath(new URL('../../reconciler/send.ts', import.meta.url))

async function serverOf(answer: RequestListener): Promise<URL> {
  const server = createServer(answer)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => server.closeAllConnections())
  onTestFinished(() => void server.close())
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
}

const request = (url: URL, more: object = {}) => ({ url, method: 'GET', headers: {}, signal: asking().signal, ...more })

describe('an exchange', () => {
  it('sends what it is told to, and reads the whole answer whatever its status', async () => {
    const url = await serverOf(async ({ method, url, headers }, response) => {
      response.writeHead(418, { 'x-twice': ['a', 'b'] })
      response.write(`${method} ${url} ${headers['x-key']} `)
      setImmediate(() => response.end('and more'))
    })
    const answer = await exchange(new Agent(), request(new URL('/a?b=c', url), { headers: { 'x-key': 'k' } }))
    expect([answer.status, answer.headers['x-twice'], answer.body.toString()]).toEqual([
      418,
      ['a', 'b'],
      'GET /a?b=c k and more',
    ])
  })

  it('of which nobody wants the answer any more ends at once, with or without a connection', async () => {
    const stop = new AbortController()
    const unconnected = { dispatch: () => true } as unknown as Dispatcher
    const asked = exchange(unconnected, request(new URL('http://x'), { signal: stop.signal }))
    stop.abort('enough')
    await expect(asked).rejects.toBe('enough')
    await expect(exchange(unconnected, request(new URL('http://x'), { signal: stop.signal }))).rejects.toBe('enough')
  })

  it('is not sent once a connection is there that came too late', async () => {
    const seen: string[] = []
    const url = await serverOf(({ url = '' }, response) => {
      seen.push(url)
      if (url !== '/first') response.end()
    })
    const agent = new Agent({ connections: 1 })
    const [first, second] = [new AbortController(), new AbortController()]
    const asked = ['/first', '/second'].map((path, i) =>
      exchange(agent, request(new URL(path, url), { signal: [first, second][i]?.signal })),
    )
    await expect.poll(() => seen).toEqual(['/first'])
    second.abort('enough')
    first.abort('enough')
    expect((await Promise.allSettled(asked)).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    await exchange(agent, request(new URL('/third', url)))
    expect(seen).toEqual(['/first', '/third'])
  })

  it('whose connection is cut in the middle of the answer has none', async () => {
    const url = await serverOf((_, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('half')
      setImmediate(() => response.destroy())
    })
    await expect(exchange(new Agent(), request(url))).rejects.toThrow()
  })

  it('reads no more than it has to of an answer that never ends', async () => {
    const url = await serverOf((_, response) => {
      const more = () => void (response.writable && response.write('x'.repeat(10_000), more))
      more()
    })
    expect((await exchange(new Agent(), request(url, { limit: 50_000 }))).body.length).toBeGreaterThan(50_000)
  })
})

describe('what is sent over the network', () => {
  it('may be answered compressed', async () => {
    const url = await serverOf(({ headers }, response) => {
      const body = headers['accept-encoding'] === 'gzip' ? gzipSync('packed') : 'plain'
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(body)
    })
    expect(await textOf(await sendOverNetwork(String(url), asking()))).toBe('packed')
  })

  it('is not unpacked further than an answer may be long', async () => {
    const url = await serverOf((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(4 * ANSWER_LIMIT)))
    })
    const { body } = await sendOverNetwork(String(url), asking())
    let read = 0
    for await (const chunk of body ?? []) {
      read += chunk.byteLength
      if (read > ANSWER_LIMIT) break
    }
    expect(read).toBeLessThan(2 * ANSWER_LIMIT)
  })

  it.each([{ NODE_USE_ENV_PROXY: '1' }, { NODE_OPTIONS: '--use-env-proxy' }])(
    'goes through the proxy of the environment where Node.js is told so: %j',
    async (told) => {
      const asked: string[] = []
      const proxy = await serverOf(({ url = '' }, response) => {
        asked.push(url)
        response.end()
      })
      const script = `import { sendOverNetwork } from ${JSON.stringify(SEND)}
        const request = { method: 'GET', headers: {}, redirect: 'manual', signal: new AbortController().signal }
        await sendOverNetwork('http://system.invalid/', request)
        await fetch('http://forge.invalid/')`
      const env = { ...process.env, ...told, HTTP_PROXY: String(proxy), http_proxy: String(proxy), NO_PROXY: '' }
      await promisify(execFile)(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], { env })
      expect(asked).toEqual(['http://system.invalid/', 'http://forge.invalid/'])
    },
  )

  it('leaves a redirect to whoever asked', async () => {
    const url = await serverOf((_, response) => void response.writeHead(302, { location: '/elsewhere' }).end())
    const { status, headers } = await sendOverNetwork(String(url), asking())
    expect([status, headers.get('location'), headers.get('x-none')]).toEqual([302, '/elsewhere', null])
  })
})
