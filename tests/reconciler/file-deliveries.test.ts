import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fileDeliveries, writePrivately } from '../../reconciler/file-deliveries.ts'

describe('a value that goes into a file', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plumbline-deliveries-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  const place = { file: 'keys/sync.key' }
  const at = (name = place.file) => join(folder, name)

  it('is readable by its owner only, and is there then', async () => {
    const deliveries = fileDeliveries(folder)
    expect(await deliveries.has(place)).toBe(false)
    await deliveries.put(place, 'the value')
    expect(await deliveries.has(place)).toBe(true)
    expect([await readFile(at(), 'utf8'), (await stat(at())).mode & 0o777]).toEqual(['the value\n', 0o600])
  })

  it('replaces the one before it, also in another run', async () => {
    await fileDeliveries(folder).put(place, 'first')
    await fileDeliveries(folder).put(place, 'second')
    expect(await readFile(at(), 'utf8')).toBe('second\n')
  })

  it('never writes over what somebody else put there, before or after', async () => {
    const theirs = { file: 'db.password' }
    await writeFile(at(theirs.file), 'precious')
    const deliveries = fileDeliveries(folder)
    await expect(deliveries.requireOpen(theirs)).rejects.toMatchObject({ code: 'REFUSED' })
    await expect(deliveries.put(theirs, 'x')).rejects.toMatchObject({ code: 'REFUSED' })
    expect(await readFile(at(theirs.file), 'utf8')).toBe('precious')
    await deliveries.put(place, 'ours')
    await writeFile(at(), 'edited by hand')
    await expect(deliveries.put(place, 'new')).rejects.toThrow('was not written by Plumbline')
  })

  it('is remembered without telling it', async () => {
    await fileDeliveries(folder).put(place, 'a-marked-value')
    expect(await readFile(at('.plumbline/deliveries.json'), 'utf8')).not.toContain('a-marked-value')
  })

  it('comes beside others that come at the same time', async () => {
    const deliveries = fileDeliveries(folder)
    const names = ['a', 'b', 'c', 'd']
    await Promise.all(names.map((file) => deliveries.put({ file }, file)))
    for (const file of names) await deliveries.put({ file }, `${file} again`)
    expect(await readFile(at('d'), 'utf8')).toBe('d again\n')
  })

  it('goes to no place but a file', async () => {
    const inCluster = { secretRef: { name: 'db', key: 'password' } }
    for (const call of [fileDeliveries(folder).has(inCluster), fileDeliveries(folder).put(inCluster, 'x')])
      await expect(call).rejects.toMatchObject({
        code: 'REFUSED',
        message: 'only the controller can write to a Kubernetes Secret',
        help: expect.stringContaining('writeTo: {file: PATH}'),
      })
  })

  it('says what to do about a file of somebody else', async () => {
    await writeFile(at('theirs'), 'x')
    await expect(fileDeliveries(folder).requireOpen({ file: 'theirs' })).rejects.toMatchObject({
      message: `${at('theirs')} was not written by Plumbline and is not overwritten`,
      help: 'Remove the file, or name another one in writeTo.',
    })
  })

  it('may go where an empty file was put', async () => {
    await writeFile(at('empty'), '')
    await fileDeliveries(folder).put({ file: 'empty' }, 'x')
    expect(await readFile(at('empty'), 'utf8')).toBe('x\n')
  })

  it('is not there in a file that cannot be read, which is said', async () => {
    await writeFile(at('file'), 'x')
    await expect(fileDeliveries(folder).has({ file: 'file/below' })).rejects.toMatchObject({
      code: 'IO',
      message: `cannot look at ${at('file/below')}`,
      cause: { code: 'ENOTDIR' },
    })
    await mkdir(at('folder'))
    await expect(fileDeliveries(folder).has({ file: 'folder' })).rejects.toMatchObject({ code: 'IO' })
  })

  it('that cannot be written leaves no draft behind, and says so', async () => {
    await mkdir(at('taken'))
    await expect(writePrivately(at('taken'), 'x')).rejects.toMatchObject({
      code: 'IO',
      message: `cannot write ${at('taken')}`,
      help: 'Make its folder, or name another file.',
      cause: { code: expect.any(String) },
    })
    expect(await readdir(folder)).toEqual(['taken'])
    await expect(writePrivately(at('missing/file'), 'x')).rejects.toMatchObject({ cause: { code: 'ENOENT' } })
  })

  it('is remembered by a digest with a key of its own each time', async () => {
    const memory = async () => readFile(at('.plumbline/deliveries.json'), 'utf8')
    await fileDeliveries(folder).put(place, 'same')
    const first = JSON.parse(await memory())
    await fileDeliveries(folder).put(place, 'same')
    const second = JSON.parse(await memory())
    expect([Object.keys(first), Object.keys(second)]).toEqual([[at()], [at()]])
    expect(first[at()]).toMatch(/^[0-9a-f]{32}:[0-9a-f]{64}$/)
    expect(second[at()]).not.toBe(first[at()])
  })
})
