import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** Pages in which people find commands. */
export const PAGES = ['*.md', 'docs/*.md', 'packages/*/README.md', 'examples/**/*.md']
  .flatMap((pattern) => globSync(pattern, { cwd: ROOT }))
  .filter((page) => page !== 'CHANGELOG.md')

export const textOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8')

/** Where a shell would take the next word for a program. */
const CALL =
  /(?:^|[$&|'] |run: |sh '|default: |tee |npx (?:--yes )?|node )(?:plumbline|@plumbline-dev\/cli(?:@[\d.]+)?|\S*bin\/plumbline\.mjs)((?: +(?:"[^"]*"|'[^']*'|[^\s|&;>#"'()\\]+))+)/g

/** What stands behind the name of the command line. */
export const callsIn = (code: string): readonly string[] =>
  code.split('\n').flatMap((line) => [...line.trim().matchAll(CALL)].map(([, words = '']) => words.trim()))

/** The code of a page: what stands in blocks, and what stands in sentences. */
export function codeOf(text: string): { readonly blocks: readonly string[]; readonly mentions: readonly string[] } {
  const fenced = [...text.matchAll(/```\w*\n([\s\S]*?)```/g)].map(([, code = '']) => code)
  const prose = text.replace(/```[\s\S]*?```/g, '')
  const indented = [...prose.matchAll(/^ {4}.*$/gm)].map(([line]) => line)
  const mentions = [...prose.replace(/^ {4}.*$/gm, '').matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)
  return { blocks: [...fenced, ...indented], mentions }
}

/** What surrounds a command in files that are no shell's. */
const AROUND = [/^\$ /, /^(- )?run: /, /^- /, /^sh '(?=.*'$)/]

/** A line of a page as one types it into a shell. */
const typedLine = (line: string): string => {
  const quoted = /^sh '(.*)'$/.exec(line)?.[1]
  return quoted ?? AROUND.reduce((rest, around) => rest.replace(around, ''), line)
}

/** The lines of a page's blocks that call the command line, as a shell takes them. */
export const linesIn = (text: string): readonly string[] =>
  codeOf(text)
    .blocks.flatMap((code) => code.split('\n'))
    .map((line) => line.trim())
    .filter((line) => callsIn(line).length > 0)
    .map(typedLine)
