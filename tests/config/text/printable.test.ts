import { describe, expect, it } from 'vitest'
import { cell, code } from '../../../config/text/markdown.ts'
import { onOneLine, printable, shortened } from '../../../config/text/printable.ts'

describe('a text for people', () => {
  it.each([
    ['a control character', 'a\u001b[2Jb\u009b', 'a\\u001b[2Jb\\u009b'],
    ['a direction override', 'admin\u202enimda', 'admin\\u202enimda'],
    ['a direction isolate', 'a\u2066b\u2069', 'a\\u2066b\\u2069'],
    ['a direction mark', 'a\u200eb\u061c', 'a\\u200eb\\u061c'],
    ['a zero-width space', 'a\u200bb', 'a\\u200bb'],
    ['a joiner between Latin letters', 'ad\u200dmin', 'ad\\u200dmin'],
    ['a soft hyphen', 'ad\u00admin', 'ad\\u00admin'],
    ['a byte order mark', '\ufeffa', '\\ufeffa'],
    ['a filler that renders as nothing', 'a\u3164b', 'a\\u3164b'],
    ['a tag', 'a\u{e0041}b', 'a\\udb40\\udc41b'],
    ['a variation selector that changes nothing', 'a\ufe0fb', 'a\\ufe0fb'],
    ['a space that looks like another', 'a\u00a0b\u2003c', 'a\\u00a0b\\u2003c'],
    ['a line end of its own kind', 'a\u2028b', 'a\\u2028b'],
    ['half a character', 'a\ud800b', 'a\\ud800b'],
    ['a character of private use', 'a\ue000b', 'a\\ue000b'],
  ])('shows %s', (_name, text, shown) => {
    expect(printable(text)).toBe(shown)
  })

  it.each(['Ærlig Åse', 'نعم', 'क्‍ष', 'می‌خواهم', '👩‍👩‍👧 ❤️ 👍🏽', '日本　語', 'e\u0301'])(
    'leaves %s as it is',
    (text) => {
      expect(printable(text)).toBe(text)
    },
  )

  it('on one line cannot look like a line of ours', () => {
    expect(onOneLine('x\n+ Tenant/other  create')).toBe('x\\n+ Tenant/other  create')
    expect(shortened('x\ty\nz', 6)).toBe('x\\ty\\…')
  })
})

describe('a code span of Markdown', () => {
  it.each([
    ['plain', '`plain`'],
    ['a`b', '``a`b``'],
    ['```', '```` ``` ````'],
    ['`a', '`` `a ``'],
    [' a ', '`  a  `'],
    ['', '`  `'],
    ['a\nb', '`a\\nb`'],
    ['@all <script> [x](https://evil.example)', '`@all <script> [x](https://evil.example)`'],
    ['a\u202eb', '`a\\u202eb`'],
  ])('of %j is %s', (text, span) => {
    expect(code(text)).toBe(span)
  })

  it('does not end its cell in a table', () => {
    expect(cell('a | b')).toBe('`a \\| b`')
  })
})
