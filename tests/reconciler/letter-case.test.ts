import { describe, expect, it } from 'vitest'
import { type Field, fieldsOf, isListSchema, isObjectSchema, itemOf, type TSchema } from '../../config/field.ts'
import { type Kind, specOf } from '../../config/kind.ts'
import { KINDS } from '../../config/kinds/index.ts'
import { foldedKey } from '../../config/references.ts'
import { diffSpec } from '../../reconciler/diff.ts'

interface Found extends Field {
  readonly kind: Kind
  readonly path: string
}

/** Every field of a kind that is sent, with its path. */
function fieldsIn(kind: Kind, schema: TSchema, above = ''): readonly Found[] {
  return fieldsOf(schema).flatMap((field) => {
    const path = `${above}/${field.name}`
    const inner = isListSchema(field.schema) ? itemOf(field.schema) : field.schema
    const below = isObjectSchema(inner) && !field.meta.secret ? fieldsIn(kind, inner, path) : []
    return [{ ...field, kind, path }, ...below]
  })
}

const ALL = KINDS.flatMap((kind) => fieldsIn(kind, specOf(kind)))
const nameOf = ({ kind, path }: Found): string => `${kind.name} ${path}`
const isText = ({ schema, meta }: Found): boolean =>
  !meta.secret && /"type":"string"/.test(JSON.stringify(schema)) && !isObjectSchema(schema)

/** Fields whose standards compare without letter case, and the standard. */
const CASELESS: Readonly<Record<string, string>> = {
  'User /username': 'RFC 7643, section 4.1.1: caseExact false',
  'User /email': 'RFC 5321, section 2.3.11: the domain only',
  'User /locale': 'RFC 5646, section 2.1.1',
  'Group /displayName': 'the service compares names of groups so',
  'Group /members': 'user names',
  'SecurityConfiguration /nonCustomers/approvedHotpEmailDomains': 'RFC 4343: names of hosts',
  'CimLoginMethod /idin/merchantReturnHostName': 'RFC 4343: names of hosts',
}

/** Fields that sound like those and are compared exactly, and why. */
const EXACT: Readonly<Record<string, string>> = {
  'User /userId': 'an id',
  'Group /membership': 'a choice of ours',
  'Client /userAgreementUrl': 'an address, of which the path tells case apart',
  'CimFeatures /customEmailValidation/beforeAtRegex': 'a regular expression',
  'CimFeatures /customEmailValidation/afterAtRegex': 'a regular expression',
  'CimLoginMethod /ldap/userDistinguishedName': 'its values may tell case apart (RFC 4514)',
  'CimLoginMethod /openIdConnect/userInfoUrl': 'an address',
  'CimLoginMethod /signInWithApple/domainVerificationFileContent': 'content of a file',
  'CimCustomMessages /locale': 'a name of the system: nl_NL and nl_nl are two variants there',
}

const SOUNDS_LIKE_IT = /mail|domain|user|member|locale|host/i

describe('names that standards compare without letter case', () => {
  it('are known: every field that sounds like one is in one of the two tables', () => {
    const sounding = ALL.filter((f) => isText(f) && SOUNDS_LIKE_IT.test(f.path)).map(nameOf)
    const folded = ALL.filter(({ meta }) => meta.fold !== undefined).map(nameOf)
    expect(folded.toSorted()).toEqual(Object.keys(CASELESS).toSorted())
    expect([...new Set([...sounding, ...folded])].toSorted()).toEqual(
      [...Object.keys(CASELESS), ...Object.keys(EXACT)].toSorted(),
    )
  })

  it.each(ALL.filter(({ meta }) => meta.fold !== undefined).map((f) => [nameOf(f), f] as const))(
    '%s is not different in another letter case',
    (_, { kind, path, schema }) => {
      const spec = (text: string): Record<string, unknown> =>
        path
          .split('/')
          .slice(1)
          .reduceRight<unknown>((inner, name) => ({ [name]: inner }), isListSchema(schema) ? [text] : text) as Record<
          string,
          unknown
        >
      const between = (desired: string, observed: string) =>
        diffSpec(kind, spec(desired), { observed: spec(observed), memo: {} }).map((c) => c.path)
      expect(between('jane@Example.org', 'jane@EXAMPLE.ORG')).toEqual([])
      expect(between('jane@example.org', 'jane@example.com')).toEqual([path])
    },
  )

  it('tell objects apart as their fields do: a kind whose key is folded folds the field that it comes from', () => {
    for (const kind of KINDS.filter((k) => k.caseless)) {
      const [name = ''] = Object.keys(CASELESS).filter(
        (field) => /username|displayName/.test(field) && field.startsWith(`${kind.name} `),
      )
      if (name !== '') expect(foldedKey(kind, 'Ｊane Ǆ')).toBe(foldedKey(kind, 'jane ǆ'))
    }
  })
})
