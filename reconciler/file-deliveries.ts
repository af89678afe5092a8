import { createHmac, randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import pLimit from 'p-limit'
import { PlumblineError } from '../config/errors.ts'
import type { Deliveries } from './observe.ts'

interface Place {
  readonly file?: string
}

/** What was written to which file: a keyed digest, so that a file of somebody else is told from one of ours. */
const MEMORY = '.plumbline/deliveries.json'
type Memory = Readonly<Record<string, string>>

/**
 * Values that are shown once go to files (mode 0600) relative to the project; a Kubernetes Secret is refused. A file that holds
 * anything but what was delivered there is never written over.
 */
export function fileDeliveries(folder: string): Deliveries {
  const memory = resolve(folder, MEMORY)
  const inTurn = pLimit(1)
  const requireOpen = async (path: string): Promise<void> => {
    const text = await textOf(path)
    if (text === '' || isOurs(text, (await readMemory(memory))[path])) return
    throw new PlumblineError('REFUSED', `${path} was not written by Plumbline and is not overwritten`, {
      help: 'Remove the file, or name another one in writeTo.',
    })
  }
  const deliver = async (path: string, value: string): Promise<void> => {
    await requireOpen(path)
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await mkdir(dirname(memory), { recursive: true, mode: 0o700 })
    const text = `${value}\n`
    // First: a file that is there and not remembered would count as somebody else's.
    const known = { ...(await readMemory(memory)), [path]: digestWith(randomBytes(16).toString('hex'), text) }
    await writePrivately(memory, `${JSON.stringify(known, null, 2)}\n`)
    await writePrivately(path, text)
  }
  return {
    has: async (place) => (await textOf(pathOf(place, folder))) !== '',
    requireOpen: (place) => requireOpen(pathOf(place, folder)),
    put: (place, value) => inTurn(() => deliver(pathOf(place, folder), value)),
  }
}

const digestWith = (key: string, text: string): string =>
  `${key}:${createHmac('sha256', key).update(text).digest('hex')}`

const isOurs = (text: string, remembered: string | undefined): boolean =>
  remembered !== undefined && digestWith(remembered.split(':')[0] ?? '', text) === remembered

async function readMemory(path: string): Promise<Memory> {
  const text = await textOf(path)
  return text === '' ? {} : (JSON.parse(text) as Memory)
}

function pathOf(place: unknown, folder: string): string {
  const { file } = place as Place
  if (file !== undefined) return resolve(folder, file)
  throw new PlumblineError('REFUSED', 'only the controller can write to a Kubernetes Secret', {
    help: 'Use `writeTo: {file: PATH}`, or let the controller manage this document.',
  })
}

/** Empty where there is no file. */
async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return ''
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

/** Makes what was created or renamed in a folder last. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
