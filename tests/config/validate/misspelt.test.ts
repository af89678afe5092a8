import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { PlumblineError } from '../../../config/errors.ts'
import { checkDocuments } from '../../../config/project/documents.ts'
import { toldOnce } from '../../../config/project/environment-diagnostics.ts'
import { formatDiagnostic } from '../../../config/resource.ts'

const EXAMPLES = join(import.meta.dirname, '../../../examples')
const PATIENCE_MS = 120_000

/** A copy of an example, in which words are misspelt and mended again. */
class Example {
  readonly #folder = mkdtempSync(join(tmpdir(), 'plumbline-misspelt-'))
  readonly files: ReadonlyMap<string, string>

  constructor(name: string) {
    cpSync(join(EXAMPLES, name), this.#folder, { recursive: true })
    const names = readdirSync(this.#folder, { recursive: true, encoding: 'utf8' })
    const ours = names.filter((file) => file.endsWith('.yaml') && !/(kustomization|namespace)\.yaml$/.test(file))
    this.files = new Map(ours.map((file) => [file, readFileSync(join(this.#folder, file), 'utf8')]))
  }

  /** What `validate` says when a file reads otherwise. */
  messages(file: string, text: string): readonly string[] {
    writeFileSync(join(this.#folder, file), text)
    try {
      return toldOnce(checkDocuments({ project: join(this.#folder, 'plumbline.yaml') })).map(formatDiagnostic)
    } catch (thrown) {
      if (thrown instanceof PlumblineError) return [thrown.message] // the project file itself
      throw thrown
    } finally {
      writeFileSync(join(this.#folder, file), this.files.get(file) ?? '')
    }
  }

  remove = (): void => rmSync(this.#folder, { recursive: true, force: true })
}

const examples = new Map(
  ['acme', 'secrets-vault', 'kubernetes', 'onewelcome-cim', 'navixy'].map((n) => [n, new Example(n)]),
)
afterAll(() => {
  for (const example of examples.values()) example.remove()
})

/** How a finger slips; each keeps a word a word. */
const SLIPS: Readonly<Record<string, (word: string, at: number) => string>> = {
  swapped: (word, at) => `${word.slice(0, at)}${word[at + 1] ?? ''}${word[at]}${word.slice(at + 2)}`,
  doubled: (word, at) => word.slice(0, at + 1) + word.slice(at),
  dropped: (word, at) => word.slice(0, at) + word.slice(at + 1),
  added: (word) => `${word}x`,
}

interface Word {
  readonly example: string
  readonly file: string
  readonly at: number
  readonly word: string
}

/** Every word of the examples that is no comment. */
const WORDS: readonly Word[] = [...examples].flatMap(([example, { files }]) =>
  [...files].flatMap(([file, text]) => {
    const bare = text.replace(/(^|\s)#.*$/gm, (comment) => ' '.repeat(comment.length))
    return Array.from(bare.matchAll(/[A-Za-z]{3,}/g), (m) => ({ example, file, at: m.index, word: m[0] }))
  }),
)

function misspelt({ example, file, at, word }: Word, written: string): readonly string[] {
  const one = examples.get(example) as Example
  const text = one.files.get(file) ?? ''
  return one.messages(file, text.slice(0, at) + written + text.slice(at + word.length))
}

describe('one misspelt word', () => {
  it('anywhere gives at most one message', { timeout: PATIENCE_MS }, () => {
    const slip = fc.record({
      word: fc.constantFrom(...WORDS),
      how: fc.constantFrom(...Object.keys(SLIPS)),
      at: fc.nat(8),
    })
    fc.assert(
      fc.property(slip, ({ word, how, at }) => {
        expect(misspelt(word, SLIPS[how]?.(word.word, at % (word.word.length - 1)) ?? '').length).toBeLessThan(2)
      }),
      { numRuns: Number(process.env.RUNS ?? 600) },
    )
  })

  it('of another type is a mistake, and never a fault of ours', { timeout: PATIENCE_MS }, () => {
    const value = fc.record({
      word: fc.constantFrom(...WORDS),
      written: fc.constantFrom('null', '7', '[]', '{}', '[null]', '{a: 1}', '[[7]]', "''", 'true'),
    })
    fc.assert(
      fc.property(value, ({ word, written }) => {
        expect(() => misspelt(word, written)).not.toThrow()
      }),
      { numRuns: Number(process.env.RUNS ?? 300) },
    )
  })

  it.each([
    [
      'a kind that others refer to',
      'acme',
      'documents/connections.yaml',
      'kind: Connection',
      'kind: Conection',
      'there is no kind "Conection"; did you mean Connection?',
    ],
    [
      'the kind under an overlay',
      'acme',
      'documents/tenant.yaml',
      'kind: Tenant',
      'kind: Tennant',
      'there is no kind "Tennant"',
    ],
    [
      'the name that everything refers to',
      'acme',
      'documents/organization.yaml',
      '{name: acme}',
      '{name: acem}',
      'there is no Organization/acme; did you mean acem? (here and in 4 other places)',
    ],
    [
      'a name that an overlay has, too',
      'acme',
      'documents/tenant.yaml',
      '{name: acme-web}',
      '{name: acme-wbe}',
      'there is no Tenant/acme-web; did you mean acme-wbe?',
    ],
    [
      'the Connection of twelve documents',
      'acme',
      'documents/connections.yaml',
      '{name: cim}',
      '{name: cmi}',
      'there is no Connection/cim; did you mean cmi? (here and in 11 other places)',
    ],
    [
      'a required field',
      'acme',
      'documents/tenant.yaml',
      'email:',
      'eamil:',
      'unknown field "eamil"; did you mean email?',
    ],
    [
      'an enum that other documents depend on',
      'acme',
      'documents/connections.yaml',
      'system: OneWelcomeCim',
      'system: OneWelcomCim',
      'did you mean OneWelcomeCim?',
    ],
    [
      'the field of such an enum',
      'acme',
      'documents/connections.yaml',
      'system: OneWelcomeCim',
      'sytem: OneWelcomeCim',
      'did you mean system?',
    ],
    [
      'the definition of a variable',
      'acme',
      'plumbline.yaml',
      'domain: dev',
      'domian: dev',
      'the variable domain is not defined; did you mean domian?',
    ],
    [
      'a word of a text with a variable',
      'acme',
      'documents/cim.yaml',
      'https://pages',
      'htps://pages',
      'does not fit the pattern',
    ],
    [
      'a folder that overlays depend on',
      'acme',
      'plumbline.yaml',
      'paths: [documents]',
      'paths: [document]',
      'there is no such file or folder',
    ],
    [
      'a tenant in an allow list',
      'secrets-vault',
      'documents/connection.yaml',
      'tenants: [shop]',
      'tenants: [shp]',
      'tenant shop is not allowed',
    ],
    [
      'a tenant that an allow list has',
      'secrets-vault',
      'documents/shop.yaml',
      '{name: shop}',
      '{name: shp}',
      'tenant shp is not allowed',
    ],
    [
      'a field of the envelope',
      'acme',
      'documents/tenant.yaml',
      'apiVersion',
      'apiVersoin',
      'unknown field "apiVersoin"; did you mean apiVersion?',
    ],
    [
      'a namespace',
      'kubernetes',
      'team/documents/shop.yaml',
      'name: shop, namespace: shop',
      'name: shop, namespace: shp',
      'lets namespace shp refer to',
    ],
    [
      'a grant',
      'kubernetes',
      'platform/documents/grant.yaml',
      'ReferenceGrant',
      'RefernceGrant',
      'there is no kind "RefernceGrant"',
    ],
    [
      'who is granted',
      'kubernetes',
      'platform/documents/grant.yaml',
      '{namespace: shop}',
      '{namespace: shp}',
      'lets namespace shop refer to',
    ],
  ])('%s gives one message', (_, example, file, before, after, message) => {
    const text = examples.get(example)?.files.get(file) ?? ''
    expect(text).toContain(before)
    expect(examples.get(example)?.messages(file, text.replace(before, after))).toEqual([
      expect.stringContaining(message),
    ])
  })

  it('beside another mistake gives two: what has nothing to do with it is told, too', () => {
    const text = examples.get('acme')?.files.get('documents/tenant.yaml') ?? ''
    const both = text
      .replace('tenantRef: {name: acme-web}', 'tenantRef: {name: acme-wbe}')
      .replace('size: 6', 'size: 99')
    expect(examples.get('acme')?.messages('documents/tenant.yaml', both)).toHaveLength(2)
  })
})
