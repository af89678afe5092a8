import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBreachedPasswords } from '../../../identity/factors/password/breached.ts'
import { sha1, writeFolder, writeSorted } from './breached-list.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-breached-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('a folder of ranges', () => {
  it.each(['', '.txt'])('finds a listed password in a file named PREFIX%s', async (extension) => {
    const path = join(folder, `ranges${extension}`)
    await writeFolder(path, { listed: ['password1'], extension })
    expect(await (await openBreachedPasswords(path)).includes('password1')).toBe(true)
  })

  it('does not find another password of the same prefix', async () => {
    const path = join(folder, 'other')
    await writeFolder(path, { listed: ['password1'] })
    await writeFile(join(path, sha1('a good one').slice(0, 5)), `${sha1('password1').slice(5)}:3`)
    expect(await (await openBreachedPasswords(path)).includes('a good one')).toBe(false)
  })

  it('takes lines with a count of 0 for padding', async () => {
    const path = join(folder, 'padded')
    await writeFolder(path, { listed: [], padding: ['password1'] })
    expect(await (await openBreachedPasswords(path)).includes('password1')).toBe(false)
  })

  it('cannot say when the range is missing', async () => {
    const path = join(folder, 'incomplete')
    await writeFolder(path, { listed: ['password1'] })
    const list = await openBreachedPasswords(path)
    await expect(list.includes('a good one')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })
})

describe('one sorted file', () => {
  it('finds the first, the last and each one in between, and nothing else', async () => {
    const path = join(folder, 'sorted.txt')
    const listed = Array.from({ length: 40 }, (_, i) => `listed ${i}`)
    await writeSorted(path, listed, 2000)
    const list = await openBreachedPasswords(path)
    const found = await Promise.all(Array.from({ length: 2000 }, (_, i) => list.includes(`made-up ${i}`)))
    expect(found.filter(Boolean)).toHaveLength(2000)
    expect(await Promise.all(listed.map((p) => list.includes(p)))).toEqual(listed.map(() => true))
    const others = await Promise.all(Array.from({ length: 500 }, (_, i) => list.includes(`unlisted ${i}`)))
    expect(others.filter(Boolean)).toEqual([])
  })

  it('may have a single line without an end', async () => {
    const path = join(folder, 'single.txt')
    await writeFile(path, `${sha1('password1')}:1`)
    const list = await openBreachedPasswords(path)
    expect([await list.includes('password1'), await list.includes('password2')]).toEqual([true, false])
  })
})

describe('a list is refused at the start when it', () => {
  it('is not there', async () => {
    await expect(openBreachedPasswords(join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'IO' })
  })

  it('is another kind of file', async () => {
    const path = join(folder, 'words.txt')
    await writeFile(path, 'password1\npassword2\n')
    await expect(openBreachedPasswords(path)).rejects.toMatchObject({
      code: 'IO',
      message: expect.stringContaining('HASH:COUNT'),
    })
  })
})
