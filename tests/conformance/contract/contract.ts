import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { parse } from 'yaml'
import type { JsonObject } from '../../../config/json.ts'

export interface Operation {
  readonly id: string
  readonly method: string
  /** With `{parameters}`. */
  readonly path: string
  /** Statuses of the contract. */
  readonly statuses: readonly number[]
  /** It wants credentials. */
  readonly secured: boolean
  /** Schema of a JSON body. */
  readonly body?: JsonObject
  /** It takes a form. */
  readonly form: boolean
}

/** An answer as it came, whatever sent the request. */
export interface Seen {
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly status: number
  readonly type: string
  readonly text: string
}

const FILES = ['secrets-vault.openapi.yaml', 'secrets-vault-additions.openapi.yaml']
const METHODS = ['get', 'post', 'put', 'patch', 'delete']
/** What any HTTP service may answer: the method, the size or the kind of a body is not served (RFC 9110). */
const OF_HTTP: readonly number[] = [405, 413, 414, 415]

/** `x-recommended-errors` of the contract, which hold for the additions, too; and the 422 of what does not fit. */
const RECOMMENDED: readonly number[] = [400, 401, 403, 404, 409, 422, 429]

/** A logout goes on to the tenant's own endpoint, and from there to a registered address (notes, 5.12). */
const isDecided = (id: string, status: number): boolean => ['logout', 'logoutRedirect'].includes(id) && status === 303

/** One of the two files: its operations, and a check of answers against it. */
class Contract {
  readonly operations: readonly Operation[]
  readonly #document: JsonObject
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true })

  constructor(file: string) {
    const url = new URL(`../../../docs/contracts/${file}`, import.meta.url)
    this.#document = parse(readFileSync(url, 'utf8'), { merge: true })
    addFormats.default(this.#ajv)
    this.#ajv.addSchema(this.#document, 'contract')
    this.operations = Object.entries(this.#document.paths as Record<string, JsonObject>).flatMap(([path, item]) =>
      METHODS.filter((method) => method in item).map((method) =>
        this.#operation(path, method, item[method] as JsonObject),
      ),
    )
  }

  /** What is wrong with an answer of an operation; empty when all is well. */
  problems(operation: Operation, { status, type, text }: Seen): string {
    if (OF_HTTP.includes(status)) return ''
    const responses = (this.#at(operation).responses as Record<string, JsonObject>)[status]
    if (!responses)
      return RECOMMENDED.includes(status) || isDecided(operation.id, status)
        ? ''
        : `the contract knows no status ${status}: ${text}`
    const content = this.#resolved(responses).content as Record<string, JsonObject> | undefined
    const media = content?.[type.split(';')[0] ?? ''] ?? content?.['application/json']
    const schema = media?.schema as JsonObject | undefined
    if (!schema || !type.includes('json')) return ''
    return this.#validate(schema, text === '' ? undefined : JSON.parse(text))
  }

  #operation(path: string, method: string, item: JsonObject): Operation {
    const content = this.#resolved((item.requestBody ?? {}) as JsonObject).content as
      | Record<string, JsonObject>
      | undefined
    const security = (item.security ?? this.#document.security) as readonly unknown[]
    const body = (content?.['application/json'] ?? content?.['application/scim+json'])?.schema as JsonObject | undefined
    return {
      id: String(item.operationId),
      method: method.toUpperCase(),
      path,
      statuses: Object.keys(item.responses as JsonObject).map(Number),
      secured: security.length > 0,
      form: content?.['application/x-www-form-urlencoded'] !== undefined,
      ...(body ? { body: this.#resolved(body) } : {}),
    }
  }

  #at({ path, method }: Operation): JsonObject {
    return (this.#document.paths as Record<string, Record<string, JsonObject>>)[path]?.[method.toLowerCase()] ?? {}
  }

  #resolved(value: JsonObject): JsonObject {
    if (typeof value.$ref !== 'string') return value
    const keys = value.$ref.split('/').slice(1)
    return keys.reduce<unknown>((at, key) => (at as JsonObject)[key], this.#document) as JsonObject
  }

  #validate(schema: JsonObject, value: unknown): string {
    const pointer = typeof schema.$ref === 'string' ? { $ref: `contract${schema.$ref}` } : schema
    const validate = this.#ajv.compile(pointer)
    return validate(value) ? '' : this.#ajv.errorsText(validate.errors)
  }
}

/** The whole contract: both files, and what was seen of each operation. */
export class Records {
  readonly contracts = FILES.map((file) => new Contract(file))
  readonly operations = this.contracts.flatMap((contract) => contract.operations)
  readonly #statuses = new Map<string, Set<number>>()
  /** Answers that do not fit, with the operation. */
  readonly misfits: string[] = []

  /** A path that cannot be decoded names no operation. */
  record(seen: Seen): void {
    if (!isDecodable(seen.path)) return
    const operation = this.operations.find((o) => o.method === seen.method && matches(o.path, seen.path))
    const contract = this.contracts.find((c) => operation && c.operations.includes(operation))
    if (!operation || !contract) return
    this.statusesOf(operation.id).add(seen.status)
    const problem = contract.problems(operation, seen)
    if (problem !== '') this.misfits.push(`${operation.id} ${seen.status}: ${problem}`)
  }

  statusesOf(id: string): Set<number> {
    const found = this.#statuses.get(id) ?? new Set()
    this.#statuses.set(id, found)
    return found
  }
}

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path)
    return true
  } catch {
    return false
  }
}

const matches = (template: string, path: string): boolean =>
  new RegExp(`^${template.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path)
