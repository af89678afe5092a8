import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const RECIPE = readFileSync(join(ROOT, 'Containerfile'), 'utf8')
const APP = '/app/'
const BUNDLE = `${APP}dist/`

const matches = (pattern: RegExp): readonly string[] => [...RECIPE.matchAll(pattern)].map((m) => m[1] ?? '')

/** What the image is built from, and what it holds in the end, as paths from the root of the repository, and the packages of Debian in it. */
export const IMAGE = {
  sources: matches(/^COPY (?!--)(.+) \S+$/gm).flatMap((words) => words.split(' ')),
  programs: matches(/^RUN apt-get .*--no-install-recommends (.+?) &&/gm).flatMap((words) => words.split(' ')),
  contents: matches(/^COPY --from=build \S+ (\S+)$/gm).map((path) => path.slice(APP.length)),
} as const

/** Arguments for Node.js by which the container starts the command line, with the bundle in `folder`. */
export function entrypoint(folder: string): readonly string[] {
  const [line = '[]'] = matches(/^ENTRYPOINT (.+)$/gm)
  const [, ...words] = JSON.parse(line) as string[]
  return words.map((word) => (word.startsWith(BUNDLE) ? join(folder, word.slice(BUNDLE.length)) : word))
}
