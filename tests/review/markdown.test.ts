import fc from 'fast-check'
import MarkdownIt from 'markdown-it'
import { describe, expect, it } from 'vitest'
import { REVIEW_FORMS } from '../../cli/report/review.ts'
import { cell, code, prose } from '../../config/text/markdown.ts'
import { printable } from '../../config/text/printable.ts'
import type { Step } from '../../reconciler/model.ts'
import type { Review } from '../../review/model.ts'
import { toldOfFailure } from '../../review/post.ts'
import { review } from '../../review/review.ts'
import { document, projectWith } from './documents.ts'
import { HOSTILE } from './hostile.ts'
import { headingsIn, strangeIn } from './rendered.ts'

const write = REVIEW_FORMS.markdown as (review: Review) => string

/** A comment in which a text stands wherever one of a document or a system can. */
function commentWith(text: string): string {
  const place = { address: `Tenant/${text}`, pointer: `/${text}`, file: `${text}.yaml`, line: 1 }
  const change = { pointer: `/${text}`, from: text, to: { [text]: text }, impact: 'weakens' } as const
  const step: Step = {
    action: 'update',
    address: `Tenant/${text}`,
    kind: 'Tenant',
    connection: text,
    key: text,
    because: text,
    changes: [{ op: 'replace', path: `/${text}`, from: text, to: [text], impact: 'weakens' }],
    needs: [],
  }
  const diagnostic = { severity: 'error', code: 'INVALID_DOCUMENT', message: text, file: `${text}.yaml` } as const
  const live = {
    plan: { steps: [step], finalize: [], orphans: [], diagnostics: [diagnostic], digest: '' },
    people: [
      { tenant: text, users: 1, effects: [{ what: text, count: 1, causes: [] }] },
      { tenant: text, because: text, effects: [] },
    ],
  }
  return write({
    base: text,
    verdict: 'weakens',
    project: [{ text, place }],
    environments: [
      {
        environment: text,
        diagnostics: [diagnostic],
        documents: [{ what: 'moved', address: `Tenant/${text}`, before: text, objects: [], fields: [change] }],
        reach: [{ text: `a new Connection: ${text}`, place }],
        policy: [{ tenant: text, text: `people see the title ${text}`, impact: 'weakens', causes: [place] }],
        lockouts: [{ tenant: text, text, causes: [place], mend: text }],
        live,
      },
      {
        environment: 'other',
        diagnostics: [],
        documents: [],
        reach: [],
        policy: [],
        lockouts: [],
        live: { failure: { code: 'IO', message: text } },
      },
    ],
  })
}

describe('a comment', () => {
  it('begins with the verdict', () => {
    expect(commentWith('x').split('\n')[0]).toBe('**This change makes logins weaker. It needs consent.**')
  })

  it.each(Object.entries(HOSTILE))('shows %s as it is, and makes nothing of it', (_name, text) => {
    const comment = commentWith(text)
    expect(strangeIn(comment)).toEqual([])
    expect(headingsIn(comment)).toHaveLength(headingsIn(commentWith('x')).length)
    expect(printable(comment)).toBe(comment)
    expect(strangeIn(toldOfFailure(new Error(text)).text)).toEqual([])
  })

  it('makes nothing of any text whatever', () => {
    const special = fc.constantFrom(
      ...'`*_[]()<>#|~!@&:/\\\n $-=+.\u202e',
      'www.',
      'http://',
      'GH-1',
      '<!--',
      '-->',
      '</details>',
    )
    const text = fc
      .array(fc.oneof({ weight: 3, arbitrary: special }, fc.string()), { maxLength: 12 })
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(text, (value) => {
        expect(strangeIn(commentWith(value))).toEqual([])
      }),
    )
  })

  it('keeps the verdict and what concerns people when there are too many documents to list', () => {
    const group = { connectionRef: { name: 'vault' }, tenantRef: { name: 'web' } }
    const many = Array.from({ length: 3_000 }, (_, i) =>
      document('Group', `group-${i}`, { ...group, displayName: `Group ${i}` }),
    )
    const head = [...projectWith({ Tenant: { displayName: 'Web', pin: { enabled: true, size: 4 } } }), ...many]
    const text = write(
      review('main', [{ base: { resources: projectWith({}) }, head: { resources: head, diagnostics: [] } }]),
    )
    expect(Buffer.byteLength(text)).toBeLessThan(65_536)
    expect(text).toContain('This change makes logins weaker')
    expect(text).toContain('PINs of 4 digits')
    expect(text).toContain('3001 documents changed; too many to list here.')
  })

  it('says how many lines it left out, and never leaves out the verdict', () => {
    const policy = Array.from({ length: 5_000 }, (_, i) => ({
      tenant: `tenant-${i}`,
      text: `people choose PINs of ${i} digits`,
      impact: 'weakens' as const,
      causes: [],
    }))
    const environment = { diagnostics: [], documents: [], reach: [], policy, lockouts: [] }
    const documents = [{ what: 'changed', address: 'Tenant/web', objects: [], fields: [] }] as const
    const text = write({ base: 'main', verdict: 'weakens', project: [], environments: [{ ...environment, documents }] })
    expect(Buffer.byteLength(text)).toBeLessThan(65_536)
    expect(text.split('\n')[0]).toContain('This change makes logins weaker')
    expect(text).toContain('and 4950 more; run `plumbline review` to read them')
  })
})

describe('escaping', () => {
  const markdown = new MarkdownIt({ linkify: true })

  it('of any text in a code span cannot end the span', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('`', 'a', ' ', '\n', '\\', '|') }), (text) => {
        const [paragraph] = markdown.parseInline(`x ${code(text)} y`, {})
        expect(paragraph?.children?.map(({ type }) => type)).toEqual(['text', 'code_inline', 'text'])
      }),
    )
  })

  it('of any text in a cell keeps the cell', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('`', 'a', ' ', '\\', '|') }), (text) => {
        const written = cell(text)
        // A bar that GitHub takes for the end of a cell has no backslash, or an escaped one, before it.
        for (const [, before = ''] of written.matchAll(/(\\*)\|/g)) expect(before).toHaveLength(1)
        const row = markdown.parse(`| a | b |\n| - | - |\n| ${written} | y |`, {})
        expect(row.filter(({ type }) => type === 'td_open')).toHaveLength(2)
      }),
    )
  })

  it('lets plain words be plain words', () => {
    const words = 'people with a PIN can no longer sign in'
    expect(prose(words)).toBe(words)
  })
})
