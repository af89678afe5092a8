import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { stripVTControlCharacters } from 'node:util'
import { KNOWN_FINDINGS } from './accepted.ts'
import { CACHE, PROGRAMS, type Program } from './programs.ts'
import { type InteropWorld, openWorld } from './world.ts'

interface Outcome {
  readonly program: Program
  readonly passed: number
  readonly failures: readonly string[]
  readonly accepted: number
}

/** `npm run interop [-- name ...]`: installs, runs, writes the table of docs/interop.md; exits with 1 for a failure that nobody accepted. */
async function main(names: readonly string[]): Promise<void> {
  await mkdir(CACHE, { recursive: true })
  const chosen = PROGRAMS.filter(({ name }) => names.length === 0 || names.some((n) => name.includes(n)))
  const outcomes: Outcome[] = []
  for (const program of chosen) outcomes.push(await tried(program))
  if (names.length === 0) await report(outcomes)
  process.exitCode = outcomes.every(({ failures }) => failures.length === 0) ? 0 : 1
}

async function tried(program: Program): Promise<Outcome> {
  for (const [command, ...words] of program.install) await install(command, words)
  const world = await openWorld()
  try {
    const lines = await linesOf(program, world)
    const failed = lines.filter((line) => line.startsWith('fail '))
    const failures = failed.filter(
      (line) => !KNOWN_FINDINGS.some((a) => a.program === program.name && a.what.test(line)),
    )
    const passed = lines.filter((line) => line.startsWith('ok ')).length
    const none = passed === 0 ? ['nothing was tried'] : []
    console.log(
      `${program.name}: ${passed} passed, ${failures.length} failed, ${failed.length - failures.length} accepted`,
    )
    for (const line of failures) console.log(`  ${line}`)
    return { program, passed, failures: [...none, ...failures], accepted: failed.length - failures.length }
  } finally {
    await world.close()
  }
}

async function install(command: string, words: readonly string[]): Promise<void> {
  const child = spawn(command, words, { stdio: ['ignore', 'ignore', 'inherit'] })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${command} ${words.join(' ')} ended with ${code}`)
}

/** What a program prints. `AUTHORIZE <address>` asks for a person who signs in; the address of the application goes back in a line. */
async function linesOf({ run: [command, ...words] }: Program, world: InteropWorld): Promise<readonly string[]> {
  const child = spawn(command, words, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...world.environment },
  })
  const closed = once(child, 'close')
  const lines: string[] = []
  for await (const raw of createInterface({ input: child.stdout })) {
    // Maven puts colours in front of what the program prints.
    const line = stripVTControlCharacters(raw)
    if (line.startsWith('AUTHORIZE ')) child.stdin.write(`${await world.signIn(line.slice('AUTHORIZE '.length))}\n`)
    else lines.push(line)
  }
  const [code] = await closed
  return code === 0 ? lines : [...lines, `fail whole program: it ended with ${code}`]
}

const TABLE = /<!-- table -->[\s\S]*<!-- \/table -->/

async function report(outcomes: readonly Outcome[]): Promise<void> {
  const file = new URL('../docs/interop.md', import.meta.url)
  const rows = outcomes.map(
    ({ program, passed, failures, accepted }) =>
      `| ${program.name} | ${program.tries} | ${passed} | ${failures.length} | ${accepted} |`,
  )
  const head = '| software | what it tries | passed | failed | accepted, see below |\n| --- | --- | --- | --- | --- |'
  const table = `<!-- table -->\n${[head, ...rows].join('\n')}\n<!-- /table -->`
  await writeFile(file, (await readFile(file, 'utf8')).replace(TABLE, table))
}

await main(process.argv.slice(2))
