import MarkdownIt from 'markdown-it'

const renderer = new MarkdownIt({ html: true, linkify: true })

/** The only HTML of ours. */
const OURS =
  /^(<details><summary>[^<>]*<\/summary>\s*|<\/details>\s*|<sub>|<\/sub>|<!-- plumbline review [0-9a-f]{12} -->\s*)$/

/** What a forge makes of text that is no code: mentions, issues, commits, addresses. */
const LINKED = /@[\w-]|#\d|GH-\d|\b[0-9a-f]{7,40}\b|https?:|www\.|:\w+:/i

/** What in a comment is more than our own mark-up; empty when nothing is. */
export function strangeIn(comment: string): readonly string[] {
  const tokens = renderer.parse(comment, {}).flatMap((token) => [token, ...(token.children ?? [])])
  return tokens.flatMap((token) => {
    if (['link_open', 'image', 'fence', 'blockquote_open', 'hr', 'ordered_list_open'].includes(token.type))
      return [`${token.type} ${token.content}`]
    if (token.type === 'code_block') return [`code block ${token.content}`]
    if (token.type.startsWith('html_') && !OURS.test(token.content)) return [`HTML ${token.content}`]
    if (token.type === 'text' && LINKED.test(token.content)) return [`text ${token.content}`]
    return []
  })
}

/** Headings of a comment. */
export const headingsIn = (comment: string): readonly string[] => {
  const tokens = renderer.parse(comment, {})
  return tokens.flatMap((token, i) => (token.type === 'heading_open' ? [tokens[i + 1]?.content ?? ''] : []))
}
