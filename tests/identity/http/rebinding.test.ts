import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo, LookupFunction } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { openOutsideFetch } from '../../../identity/platform/http/outside.ts'

/** What a hostile name server answers, question after question; the last answer stays. */
const answers: string[][] = []
let questions = 0
vi.mock('node:dns', () => ({
  lookup: ((_name, _options, callback) => {
    questions++
    const addresses = (answers.length > 1 ? answers.shift() : answers[0]) ?? []
    callback(
      null,
      addresses.map((address) => ({ address, family: 4 })),
    )
  }) satisfies LookupFunction,
}))

/** An inner service on every address of this machine; it notes the one by which it was reached. */
const reached: string[] = []
const server = createServer(({ socket }, response) => {
  reached.push(String(socket.localAddress))
  response.end('inner')
})
let port: number
beforeAll(async () => {
  await once(server.listen(0, '0.0.0.0'), 'listening')
  port = (server.address() as AddressInfo).port
})
afterAll(() => server.close())
beforeEach(() => {
  questions = 0
  reached.length = 0
})

/** 127.0.0.9 stands for what may be reached, all else on this machine for what may not. */
const reach = openOutsideFetch(['127.0.0.9/32'])
const ask = (host: string) => reach(`http://${host}:${port}/`)
const answering = (...given: readonly string[][]) => answers.splice(0, answers.length, ...given)

describe('a name whose address changes between two questions', () => {
  it('is asked for once: the address that was checked is the one that is connected to', async () => {
    answering(['127.0.0.9'], ['127.0.0.1'])
    expect(await (await ask('first.example')).text()).toBe('inner')
    expect([questions, reached]).toEqual([1, ['127.0.0.9']])
  })

  it('is not reached once it leads inwards', async () => {
    answering(['127.0.0.1'])
    await expect(ask('second.example')).rejects.toMatchObject({
      cause: { message: 'second.example may not be reached' },
    })
    expect(reached).toEqual([])
  })

  it('is not reached when one of several addresses leads inwards', async () => {
    for (const addresses of [
      ['127.0.0.9', '127.0.0.1'],
      ['127.0.0.1', '127.0.0.9'],
    ]) {
      answering(addresses)
      await expect(ask('third.example')).rejects.toThrow()
    }
    expect(reached).toEqual([])
  })

  it('is not reached without an address', async () => {
    answering([])
    await expect(ask('fourth.example')).rejects.toMatchObject({ cause: { message: 'fourth.example has no address' } })
  })
})
