import { readdir } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { IN_MEMORY, openStore } from '../../../identity/store/open.ts'
import type { Collection } from '../../../identity/store/store.ts'

const NOTES: Collection<{ readonly id: string }> = { name: 'notes', id: (n) => n.id, indexes: [] }

it('a store in memory is its own, leaves no file, and ends with it', async () => {
  const before = await readdir('.')
  const [one, other] = [await openStore(IN_MEMORY), await openStore(IN_MEMORY)]
  await one.create(NOTES, 'acme', { id: 'a' })
  expect([await one.get(NOTES, 'acme', 'a'), await other.get(NOTES, 'acme', 'a')]).toEqual([{ id: 'a' }, undefined])
  expect(await readdir('.')).toEqual(before)
  await one.close()
  await other.close()
})
