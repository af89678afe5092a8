import type { JsonObject } from '../../../config/json.ts'
import { CONTRACTS_JSON } from './generated/contracts.ts'

/** One contract of docs/contracts, as far as operations and what they refer to go. */
interface Contract {
  readonly name: string
  /** Prefix under which its paths are served. */
  readonly mount: string
  readonly paths: Readonly<Record<string, JsonObject>>
  readonly components: Readonly<Record<string, JsonObject>>
  readonly security: readonly JsonObject[]
}

export interface ContractOperation extends JsonObject {
  readonly operationId: string
  readonly parameters?: readonly JsonObject[]
  readonly requestBody?: JsonObject
}

/** An operation with its method, in small letters, and its path below the root of the service. */
export interface Placed<O extends JsonObject = ContractOperation> {
  readonly method: string
  readonly path: string
  readonly operation: O
}

const METHODS: ReadonlySet<string> = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'])
const CONTRACTS = JSON.parse(CONTRACTS_JSON) as readonly Contract[]

/** Method and path of an operation; what its parameters are called sets no two apart. */
export const operationKey = (method: string, path: string): string =>
  `${method.toLowerCase()} ${path.replace(/\{[^}]+\}/g, '{}')}`

/** The operations of all contracts by their place; references are pointed at the components of our document. */
export function contractOperations(): ReadonlyMap<string, Placed> {
  const all = CONTRACTS.flatMap((contract) =>
    Object.entries(contract.paths).flatMap((entry) => operationsAt(contract, ...entry)),
  )
  return new Map(all.map((placed) => [operationKey(placed.method, placed.path), placed]))
}

function operationsAt(contract: Contract, path: string, item: JsonObject): Placed[] {
  const shared = (item.parameters ?? []) as readonly JsonObject[]
  const operations = Object.entries(item).filter(([method]) => METHODS.has(method)) as [string, ContractOperation][]
  return operations.map(([method, written]) => {
    const security = (written.security ?? contract.security) as readonly JsonObject[]
    const whole = { ...written, security: security.map((choice) => renamed(contract, choice)) }
    const parameters = [...shared, ...(written.parameters ?? [])].map((parameter) => resolved(contract, parameter))
    const body = written.requestBody && { requestBody: resolved(contract, written.requestBody) }
    const operation = pointed(contract, { ...whole, parameters, ...body }) as ContractOperation
    return { method, path: contract.mount + path, operation }
  })
}

/** Components of all contracts by kind, e.g. `schemas`; names get the contract in front, `vault.Tenant`. */
export function contractComponents(): Readonly<Record<string, JsonObject>> {
  const components: Record<string, JsonObject> = {}
  for (const contract of CONTRACTS)
    for (const [kind, entries] of Object.entries(contract.components))
      components[kind] = { ...components[kind], ...renamed(contract, pointed(contract, entries) as JsonObject) }
  return components
}

const renamed = ({ name }: Contract, entries: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(entries).map(([key, value]) => [`${name}.${key}`, value]))

/** What a reference stands for, so that it can be read and changed. */
function resolved({ components }: Contract, value: JsonObject): JsonObject {
  const [kind, name] = typeof value.$ref === 'string' ? value.$ref.split('/').slice(-2) : []
  return kind !== undefined && name !== undefined ? (components[kind]?.[name] as JsonObject) : value
}

/** References inside a contract, and mappings that are references too, pointed at our names. */
function pointed(contract: Contract, value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/^(#\/components\/\w+\/)/, `$1${contract.name}.`)
  if (Array.isArray(value)) return value.map((item) => pointed(contract, item))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, pointed(contract, item)]))
}
