import fc from 'fast-check'
import type { JsonObject } from '../../../config/json.ts'

const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`
const FORM = 'application/x-www-form-urlencoded'

/** Bodies that no operation takes, with what they are said to be. */
export const JUNK_BODIES: readonly { readonly type: string; readonly body: string | Buffer }[] = [
  { type: 'application/json', body: '' },
  { type: 'application/json', body: '{' },
  { type: 'application/json', body: 'null' },
  { type: 'application/json', body: '[]' },
  { type: 'application/json', body: '"\\ud800"' },
  { type: 'application/json', body: '{"__proto__":{"a":1},"constructor":{"prototype":1}}' },
  { type: 'application/json', body: deep },
  { type: 'application/json', body: `{"username":"${'x'.repeat(70_000)}"}` },
  { type: 'application/json', body: Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]) },
  { type: 'application/scim+json', body: `{"schemas":${deep}}` },
  { type: FORM, body: 'client_id=%00&client_id=a&grant_type=%F0%9F' },
  { type: FORM, body: `client_id=web&grant_type=${'x'.repeat(60_000)}` },
  { type: FORM, body: 'x'.repeat(1_100_000) },
  { type: 'text/xml', body: '<a/>' },
  { type: 'multipart/form-data', body: 'x' },
]

export const JUNK_QUERY = {
  tenant_id: '\ud83d',
  client_id: '\u0000',
  limit: '1e9',
  page: '-1',
  filter: '((((',
  attributes: '__proto__',
  id_token_hint: 'a.b.c',
  request_uri: ':',
  auth_req_id: '%',
}

/** Bodies that have the names of the schema, and values of the right and of the wrong kinds. */
export function bodyLike(schema: JsonObject): fc.Arbitrary<unknown> {
  const properties = Object.keys((schema.properties ?? {}) as JsonObject)
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 4 }),
    fc.constantFrom('', '\u0000', '\ud800', 'x'.repeat(5000), -1, 1e308, 0.5, true, null, {}, [[]]),
    fc.webUrl(),
    fc.emailAddress(),
  )
  return fc.record(Object.fromEntries(properties.map((name) => [name, value])), { requiredKeys: [] })
}
