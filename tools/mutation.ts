import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** A change of the sources that no unit test notices. Lines are named by their text, since their numbers change. */
interface Survivor {
  readonly file: string
  /** The line as it is, without its indentation. */
  readonly line: string
  /** What stands there instead. */
  readonly replacement: string
}

interface Explained extends Survivor {
  readonly reason: string
}

/** The parts of Stryker's report (mutation-testing-report-schema) that are read here. */
interface Report {
  readonly files: Readonly<Record<string, { readonly source: string; readonly mutants: readonly Mutant[] }>>
}

interface Mutant {
  readonly status: string
  readonly replacement: string
  readonly location: { readonly start: { readonly line: number } }
}

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const REPORT = new URL('../node_modules/.cache/mutation.json', import.meta.url)
const EXPLAINED = new URL('../tests/mutation/survivors.json', import.meta.url)
const TARGET = 85

const NOTICED: ReadonlySet<string> = new Set(['Killed', 'Timeout', 'RuntimeError'])
const UNNOTICED: ReadonlySet<string> = new Set(['Survived', 'NoCoverage'])

/** Changes `reconciler/`, or the files that are named, piece by piece, and runs the unit tests on each change. */
function mutate(files: readonly string[]): void {
  const chosen = files.length === 0 ? [] : ['--mutate', files.join(',')]
  const { status } = spawnSync('stryker', ['run', ...chosen], { cwd: ROOT, stdio: 'inherit' })
  if (status !== 0) process.exit(1)
}

function survivorsOf(file: string, { source, mutants }: Report['files'][string]): readonly Survivor[] {
  const lines = source.split('\n')
  return mutants
    .filter((mutant) => UNNOTICED.has(mutant.status))
    .map(({ location, replacement }) => ({ file, line: lines[location.start.line - 1]?.trim() ?? '', replacement }))
}

const idOf = ({ file, line, replacement }: Survivor): string => JSON.stringify([file, line, replacement])

/** What was found beside what is explained; returns whether both agree and enough is noticed. */
function judge({ files }: Report, explained: readonly Explained[]): boolean {
  const survivors = Object.entries(files).flatMap(([file, found]) => survivorsOf(file, found))
  const known = new Set(explained.map(idOf))
  const found = new Set(survivors.map(idOf))
  const unexplained = survivors.filter((survivor) => !known.has(idOf(survivor)))
  const outdated = explained.filter((e) => e.file in files && !found.has(idOf(e)))
  const mutants = Object.values(files).flatMap((f) => f.mutants)
  const noticed = mutants.filter((m) => NOTICED.has(m.status)).length
  const share = (100 * noticed) / (noticed + survivors.length)
  for (const { file, line, replacement } of unexplained)
    console.log(`unexplained: ${file}\n  ${line}\n  → ${replacement}`)
  for (const { file, line, replacement } of outdated)
    console.log(`explained, and noticed: ${file}\n  ${line}\n  → ${replacement}`)
  console.log(`${share.toFixed(1)} % of ${noticed + survivors.length} changes are noticed (at least ${TARGET} %)`)
  console.log(`${survivors.length} survive, ${unexplained.length} of them unexplained`)
  return unexplained.length === 0 && outdated.length === 0 && share >= TARGET
}

mutate(process.argv.slice(2))
const report = JSON.parse(readFileSync(REPORT, 'utf8')) as Report
const explained = JSON.parse(readFileSync(EXPLAINED, 'utf8')) as readonly Explained[]
process.exitCode = judge(report, explained) ? 0 : 1
