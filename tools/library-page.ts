import { readFileSync } from 'node:fs'

const SOURCES = ['index.ts', 'allowance.ts', 'ownership.ts']

const HEAD = `# The library

Generated from \`library/\` by \`npm run generate\`. The package [\`@plumbline-dev/plumbline\`](../packages/plumbline/README.md) exports what follows, typed.
`

/** An exported name: its comment, and how it is declared. */
interface Declared {
  readonly name: string
  readonly comment: string
  readonly signature: string
}

const FUNCTION = /\/\*\*((?:(?!\*\/).)*)\*\/\nexport const (\w+) = \((.*?)\): (.+?) =>/gs
const INTERFACE = /(?:\/\*\*((?:(?!\*\/).)*)\*\/\n)?export interface (\w+Options)( extends [^{]+)? \{\n(.*?)\n\}/gs
const MEMBER = /\/\*\* (.*?) \*\/\n\s+readonly (\w+)\?: (.+)/g

/** docs/library.md: every function and every option of the library, from its comments. */
export function libraryPage(): string {
  const text = SOURCES.map((name) => readFileSync(new URL(`../library/${name}`, import.meta.url), 'utf8')).join('\n')
  const functions = [...text.matchAll(FUNCTION)].map(([, comment = '', name = '', parameters = '', result = '']) =>
    functionSection({ name, comment: plain(comment), signature: `${name}(${parameters}): ${result}` }),
  )
  const options = [...text.matchAll(INTERFACE)].map(([, comment = '', name = '', parents = '', body = '']) =>
    optionsSection({ name, comment: plain(comment), signature: parents.replace(' extends ', '') }, body),
  )
  return [HEAD, '## Functions', ...functions, '## Options', ...options, ERRORS].join('\n')
}

const ERRORS = `## Errors
What fails throws a \`PlumblineError\`: \`code\` of a [closed list](troubleshooting.md), \`message\` for people, \`help\` with what to do, \`cause\`. Mistakes
in documents are \`InvalidDocuments\`, with all \`diagnostics\`. No message and no result holds a secret.
`

/** A comment without its stars. */
const plain = (comment: string): string => comment.replace(/^\s*\* ?/gm, '').trim()

function functionSection({ name, comment, signature }: Declared): string {
  const [about = '', ...tags] = comment.split(/\n?@(?=throws|example)/)
  const throws = tags.filter((tag) => tag.startsWith('throws')).map((tag) => `- throws ${tag.slice(7).trim()}`)
  const examples = tags.filter((tag) => tag.startsWith('example')).map((tag) => fenced(tag.slice(8).trim()))
  return [
    `### ${name}`,
    fenced(signature),
    about.trim(),
    '',
    ...throws,
    ...(throws.length > 0 ? [''] : []),
    ...examples,
  ].join('\n')
}

const fenced = (code: string): string => `\`\`\`ts\n${code}\n\`\`\`\n`

function optionsSection({ name, comment, signature }: Declared, body: string): string {
  const rows = [...body.matchAll(MEMBER)].map(
    ([, about, member, type]) => `| \`${member}\` | \`${type?.replaceAll('|', '\\|')}\` | ${about} |`,
  )
  const parents =
    signature === ''
      ? []
      : [
          `Besides what ${signature
            .split(', ')
            .map((parent) => `\`${parent}\``)
            .join(' and ')} have:`,
          '',
        ]
  return [
    `### ${name}`,
    ...(comment === '' ? [] : [comment, '']),
    ...parents,
    '| option | type | |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n')
}
