import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toYaml } from '../../cli/export/document.ts'
import type { Kind } from '../../config/kind.ts'
import { KINDS } from '../../config/kinds/index.ts'
import { loadText } from '../../config/load/load.ts'
import { substitute } from '../../config/project/variables.ts'
import { specArbitrary } from '../support/arbitrary.ts'

/** What YAML 1.1, YAML 1.2, our own language, terminals or people may take for something else. */
const HOSTILE = fc.oneof(
  fc
    .array(
      fc.constantFrom(
        '${',
        '$$',
        '$',
        '{',
        '}',
        'company',
        '"',
        "'",
        '\\',
        '\n',
        '\r',
        '\t',
        ' ',
        '#',
        ': ',
        '- ',
        '%',
        '\u2028',
        '\u0085',
        '\u202e',
        '\u{e0041}',
        '\ufeff',
        'é',
        '😀',
      ),
      { minLength: 1, maxLength: 8 },
    )
    .map((parts) => parts.join('')),
  fc.constantFrom(
    'yes',
    'on',
    'No',
    '0777',
    '1:30',
    '~',
    'null',
    '2024-01-01',
    '1e3',
    '1_000',
    '',
    '<<',
    '=',
    '---',
    '...',
    `\${company}`,
    '$${company}',
  ),
  fc.string({ unit: 'binary', maxLength: 200 }),
)

const kinds = KINDS.filter((kind) => kind.system !== undefined)

/** A spec of a kind with any text in place of its texts. */
const specs = (kind: Kind) =>
  fc.tuple(specArbitrary(kind), fc.infiniteStream(HOSTILE)).map(([spec, texts]) => replaced(spec, texts))

function replaced(value: unknown, texts: Iterator<string>): unknown {
  if (typeof value === 'string') return texts.next().value
  if (Array.isArray(value)) return value.map((item) => replaced(item, texts))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, v]) => [key, replaced(v, texts)]))
}

describe('an exported document', () => {
  it.each(kinds.map((kind) => [kind.name, kind] as const))(
    'of %s is read as it was, whatever its texts',
    (name, kind) => {
      fc.assert(
        fc.property(specs(kind), (spec) => {
          const yaml = toYaml([{ kind: name, name: 'subject', spec: spec as Record<string, unknown>, unread: {} }])
          const { resources, diagnostics } = loadText('f.yaml', yaml)
          expect(diagnostics).toEqual([])
          const { value, mistakes } = substitute(resources[0]?.spec, { company: 'Acme' })
          expect(mistakes).toEqual([])
          expect(value).toEqual(spec)
        }),
        { numRuns: 100 },
      )
    },
  )

  it('escapes what the language reads as a variable', () => {
    const spec = { displayName: `Team \${company} A` }
    expect(toYaml([{ kind: 'Tenant', name: 'shop', spec, unread: {} }])).toContain('displayName: Team $${company} A')
  })
})
