import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fileDeliveries } from '../../reconciler/file-deliveries.ts'

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
})
