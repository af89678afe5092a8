import type { HTTPMethods } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openContract, openWorld, type World } from './world.ts'

/** Operations that need the login, which another part of the runtime builds. */
const LATER = {
  tags: ['login', 'password', 'oidc', 'sessions', 'passkeys', 'webauthn', 'blocks'],
  operations: ['updateUserEmail'],
}

interface Operation {
  readonly operationId: string
  readonly tags: readonly string[]
}

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

async function operations(file: string) {
  const { contract } = await openContract(file)
  return Object.entries<Record<string, Operation>>(contract.paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => ['get', 'post', 'put', 'patch', 'delete'].includes(method))
      .map(([method, { operationId, tags }]) => ({
        method: method.toUpperCase() as HTTPMethods,
        path,
        operationId,
        tags,
      })),
  )
}
const built = (o: Operation) => !LATER.operations.includes(o.operationId) && !o.tags.some((t) => LATER.tags.includes(t))

const filled = (path: string) => path.replace(/\{\w+\}/g, 'x')
const UNKNOWN_PATH = 'Nothing is served under this path.'

describe('every built operation', async () => {
  const contract = (await operations('secrets-vault.openapi.yaml')).filter(built)
  const additions = (await operations('secrets-vault-additions.openapi.yaml')).filter(built)

  it('is one of 32 of the contract and 6 additions', () => {
    expect([contract.length, additions.length]).toEqual([32, 6])
  })

  describe.each([...contract, ...additions])('$operationId', ({ method, path }) => {
    it('is served', async () => {
      const { status, body } = await world.send(method, filled(path))
      expect(status).not.toBe(405)
      expect(body?.detail).not.toBe(UNKNOWN_PATH)
    })

    it('answers 401 without a key', async () => {
      expect((await world.send(method, filled(path), undefined, { key: null })).status).toBe(401)
    })
  })
})
