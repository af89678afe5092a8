import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { faultsOf } from './house/directions.ts'
import { breachesOf, exportedTwice } from './house/habits.ts'
import { importsOf, productFiles } from './house/imports.ts'
import { type FileFacts, factsOf } from './house/syntax.ts'

const LONGEST = 5
const MEDIAN = 0.5

/** What the house looks like, in lines. */
function picture(files: readonly string[], facts: readonly FileFacts[]): readonly string[] {
  const functions = facts.flatMap((file) => file.functions).sort((a, b) => b.lines - a.lines)
  const folders = [...Map.groupBy(files, dirname)].sort(([, a], [, b]) => b.length - a.length)
  return [
    `${files.length} files in ${folders.length} folders; most in ${top(folders.map(([name, held]) => `${name} ${held.length}`))}`,
    `${functions.length} functions, median ${functions[Math.floor(functions.length * MEDIAN)]?.lines} lines; longest ${top(functions.map(({ at, lines }) => `${at} ${lines}`))}`,
    `${exportedTwice(facts).size} names exported twice, each for a reason (tools/house/exceptions.ts)`,
  ]
}

const top = (entries: readonly string[]): string => entries.slice(0, LONGEST).join(', ')

/** Prints the picture and what is wrong; the exit code is 1 when something is. */
function main(): void {
  const root = fileURLToPath(new URL('../', import.meta.url))
  const files = productFiles(root)
  const facts = factsOf(root, files)
  const faults = { ...faultsOf(importsOf(root, files)), ...breachesOf(facts) }
  const counts = Object.entries(faults).map(
    ([fault, found]) => `${found.length} ${WORDS[fault as keyof typeof faults]}`,
  )
  for (const line of [...picture(files, facts), counts.join(', ')]) console.log(line)
  const lines = Object.entries(faults).flatMap(([fault, found]) => found.map((line: string) => `${fault}: ${line}`))
  for (const line of lines) console.error(line)
  if (lines.length > 0) process.exitCode = 1
}

const WORDS = {
  circles: 'circles of files',
  mutual: 'pairs of folders that import each other',
  upward: 'imports up a floor',
  outward: 'imports of the product from tools or tests',
  exportedTwice: 'names exported twice without a reason',
  state: 'values kept by a module',
  environment: 'files that read the environment away from the edge',
  outdated: 'exceptions that nothing needs',
}

main()
