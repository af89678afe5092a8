import { type FileHandle, mkdir, open, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import pLimit from 'p-limit'
import { PlumblineError } from '../config/errors.ts'
import { syncFolder, writePrivately } from '../reconciler/file-deliveries.ts'
import { takeLock } from '../reconciler/file-lock.ts'
import { patiently } from '../reconciler/lock.ts'
import type { EvidencePlace } from './places.ts'
import type { ChainStore, Slot, Tail } from './store.ts'

const LOCK_SECONDS = 30
const BLOCK = 64 * 1024
const NEWLINE = 0x0a

/** A chain in a file, one record a line; files beside it hold its keys. All are for their owner only. Throws IO. */
export class FileStore implements ChainStore {
  readonly isExcerpt: boolean = false
  readonly #at: EvidencePlace
  readonly #inTurn = pLimit(1)

  constructor(at: EvidencePlace) {
    this.#at = at
  }

  get place(): string {
    return this.#at.file
  }

  append(make: (tail: Tail) => Promise<readonly string[]>): Promise<void> {
    return this.#locked(async () => {
      const file = await open(this.#at.file, 'a+', 0o600)
      try {
        await appendTo(file, make)
      } finally {
        await file.close()
      }
      await syncFolder(dirname(this.#at.file))
    })
  }

  text(): Promise<string | undefined> {
    return textOf(this.#at.file)
  }

  read(slot: Slot): Promise<string | undefined> {
    return textOf(this.#at[slot])
  }

  change(slot: Slot, change: (before: string | undefined) => Promise<string>): Promise<string> {
    return this.#locked(async () => {
      const before = await this.read(slot)
      const after = await change(before)
      if (after !== before) await writePrivately(this.#at[slot], after)
      return after
    })
  }

  /** The operating system lets go of the lock when the process ends, however it ends. */
  #locked<T>(work: () => Promise<T>): Promise<T> {
    return this.#inTurn(async () => {
      await mkdir(dirname(this.#at.file), { recursive: true, mode: 0o700 })
      const help = 'Wait until it has ended, then run again.'
      const lock = await patiently(
        () => takeLock(`${this.#at.file}.lock`, `another process writes to ${this.#at.file}`, help),
        { seconds: LOCK_SECONDS, signal: new AbortController().signal, onWait: () => {} },
      )
      try {
        return await work()
      } finally {
        lock.close()
      }
    })
  }
}

async function appendTo(file: FileHandle, make: (tail: Tail) => Promise<readonly string[]>): Promise<void> {
  const { size } = await file.stat()
  const tail = await tailOf(file, size)
  if (tail.torn > 0) await file.truncate(size - tail.torn)
  const lines = await make(tail)
  if (lines.length === 0) return
  await file.appendFile(lines.map((line) => `${line}\n`).join(''))
  await file.sync()
}

/** Reads from the end, as far as the last line goes, whatever stands before it. */
async function tailOf(file: FileHandle, size: number): Promise<Tail> {
  for (let length = Math.min(BLOCK, size); ; length = Math.min(length * 2, size)) {
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length)
    const end = buffer.lastIndexOf(NEWLINE)
    const start = end < 1 ? -1 : buffer.lastIndexOf(NEWLINE, end - 1)
    if (start === -1 && length < size) continue
    const torn = length - end - 1
    return end === -1 ? { torn } : { line: buffer.toString('utf8', start + 1, end), torn }
  }
}

/** The text of a file; `undefined`: there is none. Throws IO. */
async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new PlumblineError('IO', `cannot read ${file}`, { cause })
  }
}
