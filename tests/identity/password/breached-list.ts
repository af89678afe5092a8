import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex').toUpperCase()

/** Made-up neighbours of a hash, in order, as a range of the public list has them. */
const neighbours = (prefix: string): string[] =>
  Array.from({ length: 200 }, (_, i) => sha1(`${prefix} ${i}`).slice(5)).sort()

/** A folder in the format of the range API with the ranges of these passwords alone; `padding` has a count of 0. */
export async function writeFolder(
  folder: string,
  { listed, padding = [], extension = '' }: { listed: string[]; padding?: string[]; extension?: string },
): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const password of [...listed, ...padding]) {
    const [prefix, suffix] = [sha1(password).slice(0, 5), sha1(password).slice(5)]
    const own = `${suffix}:${padding.includes(password) ? 0 : 17}`
    const lines = [...neighbours(prefix).map((s) => `${s}:3`), own].sort()
    await writeFile(join(folder, `${prefix}${extension}`), lines.join('\r\n'))
  }
}

/** One file of `count` made-up hashes and those of the passwords, in order. */
export async function writeSorted(file: string, listed: readonly string[], count: number): Promise<void> {
  const others = Array.from({ length: count }, (_, i) => sha1(`made-up ${i}`))
  const lines = [...others, ...listed.map(sha1)].sort().map((hash) => `${hash}:9\n`)
  await writeFile(file, lines.join(''))
}
