import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { expect } from 'vitest'
import { parse } from 'yaml'
import type { JsonObject } from '../../../config/json.ts'
import type { Answer, Call } from './runtime.ts'

export interface Operation {
  readonly id: string
  readonly method: string
  readonly path: string
  readonly responses: Readonly<Record<string, JsonObject>>
  /** Example of the request body, when the operation has a body. */
  readonly example: unknown
}

interface Request {
  /** Values of the `{parameters}` in the path. */
  readonly params?: Readonly<Record<string, string>>
  readonly query?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** A contract file whose operations can be called; every answer is checked against it. */
export interface Contract {
  readonly operations: readonly Operation[]
  call(operationId: string, request?: Request): Promise<Answer>
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const

/** `send` puts the base URL and credentials onto a call. */
export function openContract(file: string, send: (call: Call) => Promise<Answer>): Contract {
  const url = new URL(`../../../docs/contracts/${file}`, import.meta.url)
  const document = parse(readFileSync(url, 'utf8'), { merge: true }) as JsonObject
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addSchema(document, 'contract')
  const operations = operationsOf(document)
  return {
    operations,
    call: async (id, { params = {}, query = '', headers, body } = {}) => {
      const operation = operations.find((o) => o.id === id)
      if (!operation) throw new Error(`the contract has no operation ${id}`)
      const path = operation.path.replaceAll(/\{([^}]+)\}/g, (_, name) => encodeURIComponent(params[name] ?? ''))
      const answer = await send({ method: operation.method, path: path + query, body, ...(headers ? { headers } : {}) })
      check(ajv, document, operation, answer)
      return answer
    },
  }
}

function operationsOf(document: JsonObject): Operation[] {
  return Object.entries(document.paths as Record<string, Record<string, JsonObject>>).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method]
      if (!operation) return []
      const media = at(operation, 'requestBody', 'content', 'application/json') as JsonObject | undefined
      const responses = operation.responses as Record<string, JsonObject>
      return [
        { id: String(operation.operationId), method: method.toUpperCase(), path, responses, example: media?.example },
      ]
    }),
  )
}

/** The answer has a status that the operation lists, and a body of its schema: none where the contract has none. */
function check(ajv: Ajv2020, document: JsonObject, operation: Operation, answer: Answer): void {
  const { responses } = operation
  const listed = responses[answer.status] ?? responses[`${String(answer.status)[0]}XX`] ?? responses.default
  expect(listed, `${operation.id} lists no status ${answer.status}`).toBeDefined()
  const response = resolved(document, listed as JsonObject)
  if (response.description?.toString().includes('body unspecified')) return
  const schema = at(response, 'content', 'application/json', 'schema') as JsonObject | undefined
  if (schema === undefined) {
    expect(answer.text, `${operation.id} ${answer.status} has no body`).toBe('')
    return
  }
  const validate = ajv.compile({ ...rebased(schema) })
  validate(answer.json)
  expect(validate.errors ?? [], `${operation.id} ${answer.status}: ${answer.text}`).toEqual([])
}

function resolved(document: JsonObject, response: JsonObject): JsonObject {
  const { $ref } = response
  return typeof $ref === 'string' ? (at(document, ...$ref.slice(2).split('/')) as JsonObject) : response
}

const rebased = (schema: JsonObject): JsonObject =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"contract#/components')) as JsonObject

function at(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>((v, key) => (v as JsonObject | undefined)?.[key], value)
}
