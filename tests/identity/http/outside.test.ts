import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { networksIn, openOutsideFetch } from '../../../identity/platform/http/outside.ts'

let server: Server
let port: number
let visits = 0
beforeAll(async () => {
  server = createServer((request, response) => {
    visits++
    if (request.url === '/moved') response.writeHead(302, { location: '/' }).end()
    else response.end('x'.repeat(request.url === '/big' ? 300 * 1024 : 2))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port
})
afterAll(() => server.close())

const fetchWith = (...networks: readonly string[]) => openOutsideFetch(networks)

describe('an address that others name', () => {
  it.each(['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1'])(
    '%s is not reached: it is this machine',
    async (host) => {
      const before = visits
      for (const scheme of ['http', 'https'])
        await expect(fetchWith()(`${scheme}://${host}:${port}/`)).rejects.toThrow()
      expect(visits).toBe(before)
    },
  )

  it.each([
    '10.0.0.1',
    '169.254.169.254',
    '192.168.1.1',
    '100.64.0.1',
    '0.0.0.0',
    '[::1]',
    '[fd00::1]',
    '[fe80::1]',
    '[64:ff9b::7f00:1]',
  ])('%s is not reached: it is no public address', async (host) => {
    await expect(fetchWith()(`https://${host}/`)).rejects.toThrow('may not be reached')
  })

  it('is not reached over plain http, public as it may be', async () => {
    await expect(fetchWith()('http://93.184.215.14/')).rejects.toThrow('may not be reached')
  })

  it.each(['file:///etc/passwd', 'data:text/plain,x', 'ftp://example.com/'])('%s is not even tried', async (url) => {
    await expect(fetchWith('0.0.0.0/0')(url)).rejects.toThrow('may not be reached')
  })

  it('is reached in a network that the configuration names, by address and by name', async () => {
    for (const host of ['127.0.0.1', 'localhost'])
      expect((await fetchWith('127.0.0.0/8', '::1/128')(`http://${host}:${port}/`)).status).toBe(200)
  })

  it('is not reached through a name of which one address lies elsewhere', async () => {
    await expect(fetchWith('192.0.2.0/24')(`http://localhost:${port}/`)).rejects.toThrow()
  })

  it('does not lead further', async () => {
    expect((await fetchWith('127.0.0.0/8')(`http://127.0.0.1:${port}/moved`)).status).toBe(302)
  })

  it('is not listened to for longer than 256 kB', async () => {
    const answer = await fetchWith('127.0.0.0/8')(`http://127.0.0.1:${port}/big`)
    await expect(answer.text()).rejects.toThrow()
  })
})

describe('the networks of the configuration', () => {
  it('are separated by commas', () => {
    expect(networksIn(' 10.0.0.0/8, fd00::/8,')).toEqual(['10.0.0.0/8', 'fd00::/8'])
  })

  it.each(['10.0.0.1', 'internal', '10.0.0.0/33'])('%s is none', (text) => {
    expect(() => networksIn(text)).toThrow('write it like 10.0.0.0/8')
  })
})
