import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { code, plain } from '../../config/text/markdown.ts'
import { reviewMarkdown } from '../../review/markdown.ts'
import { review } from '../../review/review.ts'
import { document, projectWith } from './documents.ts'

const HOSTILE = '`@everyone` ![x](http://evil.example/p.png) <img src=x onerror=alert(1)>\n```\n# heading #1 |\u202e'

const commentFor = (name: string) => {
  const head = projectWith({ Tenant: { displayName: name, pin: { enabled: true } } })
  return reviewMarkdown(
    review('main', [{ base: { resources: projectWith({}) }, head: { resources: head, diagnostics: [] } }]),
  )
}

describe('a comment', () => {
  it('begins with the verdict', () => {
    expect(commentFor('Other').split('\n')[0]).toBe('**Nothing that this change does makes a login weaker.**')
  })

  it('shows what a document says, and nothing of it becomes mark-up', () => {
    const outside = commentFor(HOSTILE).replace(/(`+)(?:(?!\1).)+\1/gs, '')
    expect(outside).not.toMatch(/@|!\[|<img|\]\(|evil\.example|\u202e/)
    expect(commentFor(HOSTILE)).toContain('\\u202e')
  })

  it('keeps the verdict and what concerns people when there are too many documents to list', () => {
    const many = Array.from({ length: 3_000 }, (_, i) =>
      document('Group', `group-${i}`, {
        connectionRef: { name: 'vault' },
        tenantRef: { name: 'web' },
        displayName: `Group ${i}`,
      }),
    )
    const head = [...projectWith({ Tenant: { displayName: 'Web', pin: { enabled: true, size: 4 } } }), ...many]
    const text = reviewMarkdown(
      review('main', [{ base: { resources: projectWith({}) }, head: { resources: head, diagnostics: [] } }]),
    )
    expect(Buffer.byteLength(text)).toBeLessThan(65_536)
    expect(text).toContain('This change makes logins weaker')
    expect(text).toContain('PINs of 4 digits')
  })
})

describe('escaping', () => {
  it('of any text in a code span cannot end the span', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('`', 'a', ' ', '\n', '\\', '|') }), (text) => {
        const span = code(text)
        const fence = /^`+/.exec(span)?.[0] ?? ''
        const inner = span.slice(fence.length, -fence.length)
        expect([...inner.matchAll(/`+/g)].every(([run]) => run.length !== fence.length)).toBe(true)
      }),
    )
  })

  it('of any plain text leaves no character that Markdown, HTML or a forge reads', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(plain(text).replace(/&#[0-9]+;/g, '')).not.toMatch(/[\\`*_{}[\]()<>#+!|~@&]/)
      }),
    )
  })
})
