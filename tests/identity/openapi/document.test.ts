import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { assemble } from '../../../identity/assemble.ts'
import { MODULES } from '../../../identity/modules.ts'
import type { RouteModule } from '../../../identity/platform/http/app.ts'
import { buildApp } from '../../../identity/platform/http/app.ts'
import { openStore } from '../../../identity/store/open.ts'
import type { Store } from '../../../identity/store/store.ts'
import { isFresh } from '../../../tools/generate-openapi.ts'

interface Operation {
  readonly operationId: string
  readonly responses: object
  readonly parameters?: readonly {
    readonly name: string
    readonly in: string
    readonly required?: boolean
    readonly schema: object
  }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: object }>> }
}
type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>

const METHODS = ['get', 'put', 'post', 'delete', 'patch']
const CONTRACTS = [
  ['secrets-vault', ''],
  ['secrets-vault-additions', ''],
  ['organizations', ''],
  ['pigello', '/orgs/{organization}/pigello'],
  ['onewelcome-cim', '/orgs/{organization}/cim'],
  ['sailpoint', '/orgs/{organization}/sailpoint'],
  ['navixy', '/orgs/{organization}/navixy'],
] as const

const placesIn = (paths: Paths, mount = ''): [place: string, operationId: string][] =>
  Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => METHODS.includes(method))
      .map(([method, { operationId }]): [string, string] => [`${method} ${mount}${path}`, operationId]),
  )

describe('/openapi.json', () => {
  let folder: string
  let store: Store
  let document: {
    readonly openapi: string
    readonly paths: Paths
    readonly servers: unknown
    readonly components: { readonly schemas: Readonly<Record<string, object>> }
  }
  const routes: { readonly method: string; readonly url: string }[] = []
  let close: () => Promise<unknown>
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plumbline-openapi-'))
    store = await openStore(folder)
    /** Sees the same registrations as the module under test. */
    const witness: RouteModule = async (app) => {
      app.addHook('onRoute', ({ method, url, config }) => {
        const methods = [method].flat().filter((name) => METHODS.includes(name.toLowerCase()))
        if (!config?.refusal) routes.push(...methods.map((name) => ({ method: name.toLowerCase(), url })))
      })
    }
    Object.assign(witness, { [Symbol.for('skip-override')]: true })
    const deps = assemble({
      store,
      now: () => new Date(),
      masterKey: new Uint8Array(32),
      publicUrl: () => 'https://login.example.com',
    })
    const app = await buildApp(deps, { modules: [witness, ...MODULES] })
    close = () => app.close()
    document = (await app.inject({ url: '/openapi.json' })).json()
  })
  afterAll(async () => {
    await close()
    await store.close()
    await rm(folder, { recursive: true })
  })
  const at = (method: string, path: string) => document.paths[path]?.[method]

  it('is a valid OpenAPI 3.1 document, every reference of which leads somewhere', async () => {
    const validator = new Validator()
    const { valid, errors } = await validator.validate(structuredClone(document) as Record<string, unknown>)
    expect(errors ?? []).toEqual([])
    expect([valid, validator.version]).toEqual([true, '3.1'])
    const pointers = [...JSON.stringify(document).matchAll(/"\$ref":"#([^"]+)"/g)].map(([, pointer = '']) => pointer)
    const lost = pointers.filter((pointer) => {
      const steps = pointer.slice(1).split('/')
      return (
        steps.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], document) ===
        undefined
      )
    })
    expect([pointers.length > 100, lost]).toEqual([true, []])
  })

  it.each(CONTRACTS)(
    'has every operation of the contract %s under its path, method and operation id',
    async (name, mount) => {
      const text = await readFile(new URL(`../../../docs/contracts/${name}.openapi.yaml`, import.meta.url), 'utf8')
      const wanted = placesIn(parse(text, { merge: true }).paths, mount)
      const served = new Map(placesIn(document.paths))
      expect(wanted.filter(([place, id]) => served.get(place) !== id)).toEqual([])
      expect(wanted.length).toBeGreaterThan(2)
    },
  )

  it('misses no route', () => {
    const served = new Set(placesIn(document.paths).map(([place]) => place.replace(/\{[^}]+\}/g, '{}')))
    const named = routes.filter(({ url }) => !url.endsWith('*'))
    const places = named.map(({ method, url }) => `${method} ${url.replace(/:\w+/g, '{}')}`)
    expect(places.length).toBeGreaterThan(100)
    expect(places.filter((place) => !served.has(place))).toEqual([])
  })

  it('names no operation twice, and each parameter of a path', () => {
    const ids = placesIn(document.paths).map(([, id]) => id)
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([])
    for (const [path, item] of Object.entries(document.paths))
      for (const operation of Object.values(item)) {
        const names = (operation.parameters ?? []).filter((p) => p.in === 'path').map((p) => p.name)
        expect([...names].sort(), path).toEqual([...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name).sort())
      }
  })

  it('shows bodies and queries as the routes check them', () => {
    const user = at('post', '/v1/tenants/{tenant_id}/users')?.requestBody?.content['application/json']?.schema
    expect(user).toMatchObject({ properties: { username: { type: 'string', maxLength: expect.any(Number) } } })
    const query = at('get', '/v1/tenants/{tenant_id}/users')?.parameters?.find((p) => p.name === 'limit')
    expect(query).toMatchObject({ in: 'query', schema: { type: 'integer', maximum: 500 } })
    const organization = at('post', '/v1/organizations')?.requestBody?.content['application/json']?.schema
    expect(organization).toEqual({ $ref: '#/components/schemas/organizations.OrganizationCreate' })
  })

  it('has only schemas of the language: a service that starts trusts them', () => {
    const ajv = new Ajv2020()
    const operations = Object.values(document.paths).flatMap((item) => Object.values(item))
    const bodies = operations.flatMap(({ requestBody }) => Object.values(requestBody?.content ?? {}))
    const parts = [...bodies, ...operations.flatMap(({ parameters = [] }) => parameters)]
    const schemas = [...parts.map(({ schema }) => schema), ...Object.values(document.components.schemas)]
    expect(schemas.length).toBeGreaterThan(300)
    for (const schema of schemas) ajv.validateSchema(schema, true)
  })

  it('names the public URL as its server', () => {
    expect(document.servers).toEqual([{ url: 'https://login.example.com' }])
  })
})

it('the generated contracts are those of docs/contracts (else run npm run generate)', async () => {
  expect(await isFresh()).toBe(true)
})
