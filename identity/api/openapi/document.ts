import type { JsonObject } from '../../../config/json.ts'
import packageFile from '../../../package.json' with { type: 'json' }
import {
  type ContractOperation,
  contractComponents,
  contractOperations,
  operationKey,
  type Placed,
} from './contracts.ts'

/** A route as it is registered. */
export interface Route {
  readonly method: string
  /** With parameters like `:tenant_id`; a `*` at its end stands for any path below. */
  readonly url: string
  readonly schema: RouteSchema
}
export interface RouteSchema {
  readonly operationId?: string
  readonly summary?: string
  readonly body?: unknown
  readonly querystring?: unknown
}

const WILDCARD = /\*$/

/**
 * The OpenAPI 3.1 document of the registered routes: path, method, parameters and body as the route checks them, the rest (operation id,
 * answers, security, prose) from the operation of the contract that it serves. `origin`: public URL of the service.
 */
export function openApiDocument(routes: readonly Route[], origin: string): JsonObject {
  const contracts = contractOperations()
  const [wild, named] = [true, false].map((is) => routes.filter(({ url }) => WILDCARD.test(url) === is))
  const behind = wild?.flatMap((route) => belowWildcard(route, contracts)) ?? []
  const operations = [...behind, ...(named?.map((route) => placedOf(route, contracts)) ?? [])]
  const info = {
    title: 'Plumbline identity service',
    version: packageFile.version,
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  }
  return {
    openapi: '3.1.0',
    info,
    servers: [{ url: origin }],
    paths: pathsOf(operations),
    components: contractComponents(),
  }
}

/** Operations that a library answers behind one wildcard route, by the contract. */
function belowWildcard({ method, url }: Route, contracts: ReadonlyMap<string, Placed>): Placed[] {
  const prefix = operationKey(method, pathOf(url.replace(WILDCARD, '')))
  return [...contracts].filter(([place]) => place.startsWith(prefix)).map(([, placed]) => placed)
}

function placedOf(route: Route, contracts: ReadonlyMap<string, Placed>): Placed {
  const method = route.method.toLowerCase()
  const found = contracts.get(operationKey(method, pathOf(route.url)))
  const path = found?.path ?? pathOf(route.url)
  const { parameters = [], requestBody, ...rest } = found?.operation ?? plainOperation(method, path, route.schema)
  const body = bodyOf(route.schema, requestBody)
  const operation = {
    ...rest,
    parameters: parametersOf(path, route.schema, parameters),
    ...(body && { requestBody: body }),
  }
  return { method, path, operation: operation as ContractOperation }
}

/** Of a route that no contract describes. */
function plainOperation(method: string, path: string, { operationId, summary }: RouteSchema): ContractOperation {
  const words = path.split(/[^A-Za-z0-9]+/).filter((word) => word !== '')
  const name = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
  return {
    operationId: operationId ?? `${method}${name}`,
    ...(summary === undefined ? {} : { summary }),
    responses: { default: { description: 'Not part of a contract.' } },
    security: [],
  }
}

/** Those of the path, then those of the query as the route checks them, then what else the contract names. */
function parametersOf(
  path: string,
  { querystring }: RouteSchema,
  contract: readonly JsonObject[],
): readonly JsonObject[] {
  const known = (place: string, name: string): JsonObject =>
    contract.find((parameter) => parameter.in === place && parameter.name === name) ?? { name, in: place }
  const ofPath = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name = '']) => ({
    ...known('path', name),
    required: true,
    schema: known('path', name).schema ?? { type: 'string' },
  }))
  const { properties = {}, required = [] } = (querystring ?? {}) as {
    properties?: JsonObject
    required?: readonly string[]
  }
  const ofQuery = Object.entries(properties).map(([name, schema]) => ({
    ...known('query', name),
    required: required.includes(name) || known('query', name).required === true,
    schema: pointedBody(schema),
  }))
  const placed = (parameter: JsonObject) => `${parameter.in} ${parameter.name}`
  const own: readonly JsonObject[] = [...ofPath, ...ofQuery]
  const taken = new Set(own.map(placed))
  return [...own, ...contract.filter((parameter) => !taken.has(placed(parameter)))]
}

/** The body that the route checks, under the media types of the contract. */
function bodyOf({ body }: RouteSchema, contract: JsonObject | undefined): JsonObject | undefined {
  if (body === undefined) return contract
  const types = Object.keys((contract?.content ?? { 'application/json': {} }) as JsonObject)
  const content = Object.fromEntries(types.map((type) => [type, { schema: pointedBody(body) }]))
  return { required: true, ...contract, content }
}

/** Schemas of vendor contracts are referred to as `contract:<name>#/$defs/<schema>` where they are checked. */
function pointedBody(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pointedBody)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, key === '$ref' ? referenceOf(String(item)) : pointedBody(item)]),
  )
}

const referenceOf = (reference: string): string =>
  reference.replace(/^contract:(\w+)#\/\$defs\//, '#/components/schemas/$1.')

const pathOf = (url: string): string => url.replace(/:(\w+)/g, '{$1}')

/** By path; of two operations at one place the later one stays. */
function pathsOf(operations: readonly Placed[]): JsonObject {
  const paths: Record<string, JsonObject> = {}
  for (const { method, path, operation } of operations) paths[path] = { ...paths[path], [method]: operation }
  return Object.fromEntries(Object.entries(paths).sort(([a], [b]) => (a < b ? -1 : 1)))
}
