/** What a comment asks for. */
export type Request =
  | { readonly what: 'plan' | 'apply' | 'approve weakening' | 'unlock' }
  | { readonly what: 'explain'; readonly tenant: string; readonly user?: string }
  | { readonly what: 'unknown' }

export const HELP =
  '`plumbline plan`, `plumbline apply`, `plumbline explain TENANT/USER`, `plumbline approve weakening` or `plumbline unlock`'

const SIMPLE = ['plan', 'apply', 'approve weakening', 'unlock'] as const
/** Names go to a command line as values of options; none of them can be an option. */
const LOGIN = /^explain ([\w.+@][\w.+@-]*)(?:\/([\w.+@][\w.+@-]*))?$/

/** The request in a comment: all of it, but for what is around it, on one line. `undefined`: it is no command. */
export function requestIn(body: string): Request | undefined {
  const [, words] = /^\s*plumbline[ \t]+([^\r\n]+?)\s*$/.exec(body) ?? []
  if (words === undefined) return undefined
  const text = words.replace(/[ \t]+/g, ' ')
  const what = SIMPLE.find((name) => name === text)
  if (what !== undefined) return { what }
  const [, tenant, user] = LOGIN.exec(text) ?? []
  if (tenant === undefined) return { what: 'unknown' }
  return { what: 'explain', tenant, ...(user !== undefined && { user }) }
}
