import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

/** One import between two files of the product. */
export interface Import {
  readonly from: string
  readonly to: string
  /** True when only types are imported: nothing is loaded at run time. */
  readonly typesOnly: boolean
}

const PRODUCT = /^(?!tests\/|bench\/|docs\/|tools\/|interop\/).*\.ts$/
/** Whether a file is one of the product: no test, tool, benchmark or page of the docs. */
export const isProduct = (file: string): boolean => PRODUCT.test(file)

const STATEMENT = /(?:^|\n)\s*(?:import|export)\s+(type\s+)?([^'";]*?)from\s+'(\.[^']+)'/g

/** The TypeScript files of the product that git knows, tests and tools left out. */
export const productFiles = (root: string): readonly string[] =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
    .split('\n')
    .filter((file) => isProduct(file) && !file.endsWith('.d.ts') && existsSync(join(root, file)))

/** Every import by a product file of another file of ours, as the text says it. */
export function importsOf(root: string, files: readonly string[]): readonly Import[] {
  return files.flatMap((from) =>
    [...readFileSync(join(root, from), 'utf8').matchAll(STATEMENT)]
      .map(([, type, names, to]): Import => {
        return { from, to: normalize(join(dirname(from), to ?? '')), typesOnly: type !== undefined || onlyTypes(names) }
      })
      .filter(({ to }) => to.endsWith('.ts')),
  )
}

function onlyTypes(names: string | undefined): boolean {
  const listed = names?.trim() ?? ''
  if (!listed.startsWith('{')) return false
  return listed
    .replace(/[{}]/g, '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .every((name) => name.startsWith('type '))
}
