import { type ChildProcess, spawn } from 'node:child_process'
import { access, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { PlumblineError } from '../config/errors.ts'
import { ENGINE_TOOLS, type Tool, type ToolName } from './tools.ts'

type Progress = (line: string) => void

const SECOND = 1000

/** Builds a program from its pinned Go module to `target`, once even when several processes ask. Returns `target`. */
export async function buildTool(name: ToolName, target: string, onProgress: Progress): Promise<string> {
  await mkdir(dirname(target), { recursive: true })
  const lock = `${target}.lock`
  await takeLock(lock, () => onProgress(`${name}: another process builds it, waiting`))
  try {
    if (!(await exists(target))) await compile(name, target, onProgress)
  } finally {
    await rm(lock, { force: true })
  }
  return target
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  )

/** The file holds the owner's process id: a lock whose owner is gone is taken over. */
async function takeLock(lock: string, onWait: () => void): Promise<void> {
  while (!(await createLock(lock))) {
    const owner = Number(await readFile(lock, 'utf8').catch(() => '0'))
    if (owner > 0 && !isRunning(owner)) await rm(lock, { force: true })
    else {
      onWait()
      await delay(SECOND)
    }
  }
}

const createLock = (lock: string): Promise<boolean> =>
  writeFile(lock, String(process.pid), { flag: 'wx' }).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false
      throw new PlumblineError('IO', `cannot write ${lock}: ${error.message}`, { cause: error })
    },
  )

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function compile(name: ToolName, target: string, onProgress: Progress): Promise<void> {
  const tool: Tool = ENGINE_TOOLS[name]
  const unfinished = `${target}.${process.pid}`
  const source = fileURLToPath(new URL(`./${name}`, import.meta.url))
  const flags = ['-v', '-tags', (tool.tags ?? []).join(' '), '-ldflags', ['-s', '-w', ...tool.ldflags].join(' ')]
  onProgress(`${name} ${tool.version}: not on the PATH, building it with Go (once)`)
  const go = spawn('go', ['build', '-C', source, ...flags, '-o', unfinished, tool.package], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const stopProgress = reportProgress(name, go, onProgress)
  try {
    await finished(name, go)
    await install(unfinished, target, tool.always)
  } finally {
    stopProgress()
    await rm(unfinished, { force: true })
  }
  onProgress(`${name} ${tool.version}: built`)
}

async function install(built: string, target: string, always: readonly string[] | undefined): Promise<void> {
  if (always === undefined) return rename(built, target)
  await rename(built, `${target}.bin`)
  await writeFile(built, `#!/bin/sh\nexec "$0.bin" ${always.join(' ')} "$@"\n`, { mode: 0o755 })
  await rename(built, target)
}

/** `go build -v` names each package once it is compiled. */
function reportProgress(name: ToolName, go: ChildProcess, onProgress: Progress): () => void {
  const started = Date.now()
  let packages = 0
  if (go.stderr) createInterface(go.stderr).on('line', () => packages++)
  const timer = setInterval(() => {
    const seconds = Math.round((Date.now() - started) / SECOND)
    onProgress(`${name}: building, ${packages} packages, ${seconds} s`)
  }, SECOND)
  return () => clearInterval(timer)
}

const KEPT_LINES = 20

function finished(name: ToolName, go: ChildProcess): Promise<void> {
  const last: string[] = []
  if (go.stderr) createInterface(go.stderr).on('line', (line) => last.push(line) > KEPT_LINES && last.shift())
  return new Promise((done, fail) => {
    go.once('error', (cause: NodeJS.ErrnoException) => fail(cause.code === 'ENOENT' ? withoutGo(name) : cause))
    go.once('close', (code) => (code === 0 ? done() : fail(buildFailed(name, last))))
  })
}

const withoutGo = (name: ToolName): PlumblineError =>
  new PlumblineError('IO', `${name} is not on the PATH, and Go, which could build it, is not installed`, {
    help: `Install ${ENGINE_TOOLS[name].install}, or Go 1.26 or newer (https://go.dev/dl/).`,
  })

const buildFailed = (name: ToolName, lines: readonly string[]): PlumblineError =>
  new PlumblineError('IO', `go could not build ${name}:\n${lines.join('\n')}`, {
    help: `Check that the Go module proxy can be reached, or install ${ENGINE_TOOLS[name].install}.`,
  })
