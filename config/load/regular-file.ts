import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs'
import { open, realpath } from 'node:fs/promises'
import { isAbsolute, relative, sep } from 'node:path'

/** Opening waits neither for a writer of a FIFO nor for the other end of a line. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY

/** Why a file is not read; the message is a part of a sentence. */
export class Unreadable extends Error {}

/** The bytes of a regular file of at most `limit` bytes. Throws `Unreadable` for anything else, and as `open` does. */
export function readRegularSync(path: string, limit: number): Buffer {
  const file = openSync(path, FLAGS)
  try {
    refuseOthers(fstatSync(file), limit)
    return readFileSync(file)
  } finally {
    closeSync(file)
  }
}

export interface Bounds {
  /** Largest size in bytes. */
  readonly limit: number
  /** Folders in which the file has to lie once every symbolic link is followed. */
  readonly folders: readonly string[]
  /** Milliseconds after which it is given up, e.g. on a network that does not answer. */
  readonly patience: number
}

/** The bytes of a regular file within bounds. Throws `Unreadable`, and as `open` does. */
export async function readRegular(path: string, bounds: Bounds): Promise<Buffer> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const giveUp = () => reject(new Unreadable(`no answer within ${bounds.patience / 1_000} s`))
  const timer = setTimeout(giveUp, bounds.patience)
  try {
    return await Promise.race([readWithin(path, bounds), late])
  } finally {
    clearTimeout(timer)
  }
}

async function readWithin(path: string, { folders, limit }: Bounds): Promise<Buffer> {
  const real = await realpath(path)
  const roots = await Promise.all(folders.map((folder) => realpath(folder).catch(() => undefined)))
  if (!roots.some((root) => root !== undefined && isPathWithin(real, root)))
    throw new Unreadable('outside the folders that secrets may come from')
  // The links are followed already: what is put in its place since then is not.
  const file = await open(real, FLAGS | constants.O_NOFOLLOW)
  try {
    refuseOthers(await file.stat(), limit)
    return await file.readFile()
  } finally {
    await file.close()
  }
}

/** Whether a path is a folder or below it; both are absolute and free of links. */
export function isPathWithin(path: string, folder: string): boolean {
  const way = relative(folder, path)
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

function refuseOthers(stats: Stats, limit: number): void {
  if (!stats.isFile()) throw new Unreadable('not a regular file')
  if (stats.size > limit) throw new Unreadable(`larger than ${limit / 1024} KiB`)
}
