import { CONTRACTS_JSON } from './generated/contracts.ts'

export type Json = Readonly<Record<string, unknown>>

/** One contract of docs/contracts, as far as operations and what they refer to go. */
interface Contract {
  readonly name: string
  /** Prefix under which its paths are served. */
  readonly mount: string
  readonly paths: Readonly<Record<string, Json>>
  readonly components: Readonly<Record<string, Json>>
  readonly security: readonly Json[]
}

export interface Operation extends Json {
  readonly operationId: string
  readonly parameters?: readonly Json[]
  readonly requestBody?: Json
}

/** An operation with its method, in small letters, and its path below the root of the service. */
export interface Placed<O extends Json = Operation> {
  readonly method: string
  readonly path: string
  readonly operation: O
}

const METHODS: ReadonlySet<string> = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'])
const CONTRACTS = JSON.parse(CONTRACTS_JSON) as readonly Contract[]

/** Method and path of an operation; what its parameters are called sets no two apart. */
export const placeOf = (method: string, path: string): string =>
  `${method.toLowerCase()} ${path.replace(/\{[^}]+\}/g, '{}')}`

/** The operations of all contracts by their place; references are pointed at the components of our document. */
export function contractOperations(): ReadonlyMap<string, Placed> {
  const all = CONTRACTS.flatMap((contract) =>
    Object.entries(contract.paths).flatMap((entry) => operationsAt(contract, ...entry)),
  )
  return new Map(all.map((placed) => [placeOf(placed.method, placed.path), placed]))
}

function operationsAt(contract: Contract, path: string, item: Json): Placed[] {
  const shared = (item.parameters ?? []) as readonly Json[]
  const operations = Object.entries(item).filter(([method]) => METHODS.has(method)) as [string, Operation][]
  return operations.map(([method, written]) => {
    const security = (written.security ?? contract.security) as readonly Json[]
    const whole = { ...written, security: security.map((choice) => renamed(contract, choice)) }
    const parameters = [...shared, ...(written.parameters ?? [])].map((parameter) => resolved(contract, parameter))
    const body = written.requestBody && { requestBody: resolved(contract, written.requestBody) }
    const operation = pointed(contract, { ...whole, parameters, ...body }) as Operation
    return { method, path: contract.mount + path, operation }
  })
}

/** Components of all contracts by kind, e.g. `schemas`; names get the contract in front, `vault.Tenant`. */
export function contractComponents(): Readonly<Record<string, Json>> {
  const components: Record<string, Json> = {}
  for (const contract of CONTRACTS)
    for (const [kind, entries] of Object.entries(contract.components))
      components[kind] = { ...components[kind], ...renamed(contract, pointed(contract, entries) as Json) }
  return components
}

const renamed = ({ name }: Contract, entries: Json): Json =>
  Object.fromEntries(Object.entries(entries).map(([key, value]) => [`${name}.${key}`, value]))

/** What a reference stands for, so that it can be read and changed. */
function resolved({ components }: Contract, value: Json): Json {
  const [kind, name] = typeof value.$ref === 'string' ? value.$ref.split('/').slice(-2) : []
  return kind !== undefined && name !== undefined ? (components[kind]?.[name] as Json) : value
}

/** References inside a contract, and mappings that are references too, pointed at our names. */
function pointed(contract: Contract, value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/^(#\/components\/\w+\/)/, `$1${contract.name}.`)
  if (Array.isArray(value)) return value.map((item) => pointed(contract, item))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, pointed(contract, item)]))
}
