import { createHash } from 'node:crypto'
import { type FileHandle, open, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { PlumblineError } from '../../../config/errors.ts'

/** Passwords that are known from public breaches. */
export interface BreachedPasswords {
  /** Throws UNAVAILABLE when the list cannot say. */
  includes(text: string): Promise<boolean>
}

const PREFIX = 5
const LINE = /^[0-9A-F]{40}:\d+\r?$/im
/** More than the longest line: 40 hex digits, a colon, a number, the end of the line. */
const LINE_BYTES = 128
const BLOCK_BYTES = 4096

/** SHA-1 because the public lists are made of it; it protects nothing here. */
const sha1 = (text: string): string => createHash('sha1').update(text, 'utf8').digest('hex').toUpperCase()

/**
 * A local list, read in small parts: a folder in the format of the public range API (a file per prefix of five hex digits, as `21BD1`
 * or `21BD1.txt`, with lines SUFFIX:COUNT), or one file of lines HASH:COUNT in order of the hash. Throws IO when it is neither.
 */
export async function openBreachedPasswords(path: string): Promise<BreachedPasswords> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new PlumblineError('IO', `there is no list of breached passwords at '${path}'`, { cause })
  })
  if (found.isDirectory()) return { includes: (text) => inFolder(path, sha1(text)) }
  await reading(path, async (file) => {
    const [first = ''] = (await textAt(file, 0, LINE_BYTES)).split('\n')
    if (!LINE.test(first))
      throw new PlumblineError('IO', `'${path}' is no list of breached passwords: its lines are HASH:COUNT`)
  })
  return { includes: (text) => reading(path, (file) => inFile(file, sha1(text))).catch(unavailable) }
}

/** A prefix without a file proves nothing: the list is incomplete. */
async function inFolder(folder: string, hash: string): Promise<boolean> {
  const prefix = join(folder, hash.slice(0, PREFIX))
  const range = await readFile(prefix, 'latin1').catch(() => readFile(`${prefix}.txt`, 'latin1').catch(unavailable))
  return listed(range, hash.slice(PREFIX))
}

/** Lines with a count of 0 are padding. */
const listed = (lines: string, hash: string): boolean =>
  lines.split('\n').some((line) => {
    const [found = '', count = ''] = line.trim().split(':')
    return found.toUpperCase() === hash && Number(count) > 0
  })

/** Binary search. A line of the hash, if there is one, begins at `low` or later and before `high`. */
async function inFile(file: FileHandle, hash: string): Promise<boolean> {
  let [low, high] = [0, (await file.stat()).size]
  while (high - low > BLOCK_BYTES) {
    const middle = Math.floor((low + high) / 2)
    const line = await firstLineFrom(file, middle)
    if (line === undefined || line.start >= high || line.hash > hash) high = middle
    else low = line.start
  }
  return listed(await textAt(file, low, high - low + LINE_BYTES), hash)
}

/** The first line that begins at `from` (above 0) or later. */
async function firstLineFrom(file: FileHandle, from: number) {
  const text = await textAt(file, from - 1, 2 * LINE_BYTES)
  const end = text.indexOf('\n')
  const hash = text.slice(end + 1, end + 41).toUpperCase()
  return end < 0 || hash === '' ? undefined : { start: from + end, hash }
}

async function textAt(file: FileHandle, position: number, length: number): Promise<string> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position)
  return buffer.toString('latin1', 0, bytesRead)
}

async function reading<T>(path: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path)
  try {
    return await use(file)
  } finally {
    await file.close()
  }
}

const unavailable = (cause: unknown): never => {
  throw new PlumblineError('UNAVAILABLE', 'the list of breached passwords cannot be read; no password can be set', {
    cause,
  })
}
