import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import type { JsonObject } from '../../config/json.ts'

export interface Operation {
  readonly key: string
  readonly method: string
  readonly path: string
  readonly parameters: Readonly<Record<string, string>>
}

const FILE = createRequire(import.meta.url).resolve('@octokit/openapi/generated/api.github.com.json')
/** What any operation may answer without saying so in its description. */
const ALWAYS = new Set([401, 403, 404, 422, 429, 500, 502, 503])

/** GitHub's own OpenAPI description: finds operations, checks requests and answers, and makes bodies to fill in. */
export class GitHubOpenApi {
  readonly #document: JsonObject = JSON.parse(readFileSync(FILE, 'utf8'))
  readonly #ajv = addFormats.default(new Ajv({ strict: false, allErrors: true, validateFormats: false }))
  readonly #routes = Object.keys(this.#document.paths as JsonObject).map((path) => ({
    path,
    pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '([^/]+)')}$`),
    names: Array.from(path.matchAll(/\{(\w+)\}/g), ([, name]) => name ?? ''),
  }))

  operation(method: string, pathname: string): Operation | undefined {
    const fits = this.#routes.filter(({ path, pattern }) => pattern.test(pathname) && this.#item(path, method))
    // A literal path wins over one with parameters.
    const [route] = fits.sort((a, b) => a.names.length - b.names.length)
    if (route === undefined) return undefined
    const values = route.pattern.exec(pathname)?.slice(1) ?? []
    const parameters = Object.fromEntries(route.names.map((name, i) => [name, decodeURIComponent(values[i] ?? '')]))
    return { key: `${method} ${route.path}`, method, path: route.path, parameters }
  }

  /** What is wrong with a request; empty when nothing is. */
  requestProblems(operation: Operation, query: URLSearchParams, body: unknown): string {
    const item = this.#of(operation)
    const known = ((item.parameters ?? []) as readonly JsonObject[]).map((p) => this.#resolved(p))
    const strange = [...query.keys()].filter((name) => !known.some((p) => p.in === 'query' && p.name === name))
    if (strange.length > 0) return `unknown parameters ${strange.join(', ')}`
    const schema = jsonOf(this.#resolved((item.requestBody ?? {}) as JsonObject))
    if (schema === undefined || body === undefined) return ''
    const extra = Object.keys((body ?? {}) as JsonObject).filter((name) => !this.#takes(schema, name))
    return extra.length > 0 ? `unknown members ${extra.join(', ')}` : this.#check(schema, body)
  }

  answerProblems(operation: Operation, status: number, body: unknown): string {
    const responses = this.#of(operation).responses as Record<string, JsonObject>
    const response = responses[status]
    if (response === undefined) return ALWAYS.has(status) ? '' : `no status ${status} in ${operation.key}`
    const schema = jsonOf(this.#resolved(response))
    return schema === undefined ? '' : this.#check(schema, body)
  }

  /** A body of a success with every member that it has to have. */
  body(operation: Operation, status: number): unknown {
    const responses = this.#of(operation).responses as Record<string, JsonObject>
    const schema = jsonOf(this.#resolved(responses[status] as JsonObject))
    return schema === undefined ? undefined : this.#filled({ ...this.#resolved(schema), nullable: false })
  }

  /** One item of a list that an operation answers with. */
  item(operation: Operation): unknown {
    const schema = jsonOf(
      this.#resolved((this.#of(operation).responses as Record<string, JsonObject>)[200] as JsonObject),
    )
    return this.#filled((this.#resolved(schema as JsonObject).items ?? {}) as JsonObject)
  }

  #item = (path: string, method: string): JsonObject | undefined =>
    ((this.#document.paths as Record<string, JsonObject>)[path] as Record<string, JsonObject>)[method.toLowerCase()]

  #of = ({ path, method }: Operation): JsonObject => this.#item(path, method) as JsonObject

  #resolved(schema: JsonObject): JsonObject {
    if (typeof schema.$ref !== 'string') return schema
    const parts = schema.$ref.slice(2).split('/')
    const found = parts.reduce<unknown>((at, part) => (at as JsonObject)[part.replaceAll('~1', '/')], this.#document)
    return this.#resolved(found as JsonObject)
  }

  #takes(schema: JsonObject, name: string): boolean {
    const { properties, oneOf, anyOf, additionalProperties } = this.#resolved(schema)
    const options = [...((oneOf ?? anyOf ?? []) as readonly JsonObject[])]
    if (additionalProperties === true && properties === undefined) return true
    return Object.hasOwn((properties ?? {}) as JsonObject, name) || options.some((option) => this.#takes(option, name))
  }

  #check(schema: JsonObject, value: unknown): string {
    const validate = this.#ajv.compile(this.#plain(schema) as JsonObject)
    return validate(value) ? '' : this.#ajv.errorsText(validate.errors)
  }

  /** JSON Schema of a schema of OpenAPI 3.0: references put in, `nullable` as an alternative. */
  #plain(schema: unknown, depth = 0): unknown {
    if (Array.isArray(schema)) return schema.map((part) => this.#plain(part, depth))
    if (typeof schema !== 'object' || schema === null) return schema
    if (depth > 30) return {}
    const { nullable, example: _e, examples: _s, ...rest } = this.#resolved(schema as JsonObject)
    const plain = Object.fromEntries(Object.entries(rest).map(([k, v]) => [k, this.#plain(v, depth + 1)]))
    return nullable === true ? { anyOf: [plain, { type: 'null' }] } : plain
  }

  #filled(schema: JsonObject): unknown {
    const { type, nullable, properties, required, enum: words, format, allOf, anyOf, oneOf } = this.#resolved(schema)
    if (nullable === true) return null
    if (Array.isArray(words)) return words[0]
    const [option] = ((anyOf ?? oneOf) as readonly JsonObject[] | undefined) ?? []
    if (option !== undefined) return this.#filled(option)
    if (Array.isArray(allOf)) return Object.assign({}, ...allOf.map((part) => this.#filled(part)))
    if (type === 'object' || properties !== undefined)
      return Object.fromEntries(
        ((required ?? []) as readonly string[]).map((name) => [
          name,
          this.#filled((properties as Record<string, JsonObject>)[name] as JsonObject),
        ]),
      )
    return EMPTY[`${type} ${format}`] ?? EMPTY[String(type)] ?? null
  }
}

const EMPTY: Readonly<Record<string, unknown>> = {
  'string date-time': '2026-01-02T03:04:05Z',
  'string uri': 'https://github.example/x',
  string: 'x',
  integer: 1,
  number: 1,
  boolean: false,
  array: [],
}

function jsonOf({ content }: JsonObject): JsonObject | undefined {
  return (
    ((content as Record<string, JsonObject> | undefined)?.['application/json']?.schema as JsonObject | undefined) ??
    undefined
  )
}
