import { randomBytes } from 'node:crypto'
import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { PlumblineError } from '../config/errors.ts'
import type { Deliveries } from './observe.ts'

interface Place {
  readonly file?: string
}

/** Values that are shown once go to files (mode 0600) relative to the project; a Kubernetes Secret is refused. */
export function fileDeliveries(folder: string): Deliveries {
  return {
    has: async (place) => (await sizeOf(pathOf(place, folder))) > 0,
    put: async (place, value) => deliver(pathOf(place, folder), value),
  }
}

async function deliver(path: string, value: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await writePrivately(path, `${value}\n`)
}

function pathOf(place: unknown, folder: string): string {
  const { file } = place as Place
  if (file !== undefined) return resolve(folder, file)
  throw new PlumblineError('REFUSED', 'only the controller can write to a Kubernetes Secret', {
    help: 'Use `writeTo: {file: PATH}`, or let the controller manage this document.',
  })
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return 0
    throw new PlumblineError('IO', `cannot look at ${path}`, { cause })
  }
}

/** Writes a file that only its owner can read: whole under its name or not at all, and on disk before it resolves. */
export async function writePrivately(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  try {
    await writeDurably(draft, text)
    await rename(draft, path)
    await syncFolder(dirname(path))
  } catch (cause) {
    await rm(draft, { force: true })
    throw new PlumblineError('IO', `cannot write ${path}`, { cause, help: 'Make its folder, or name another file.' })
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
