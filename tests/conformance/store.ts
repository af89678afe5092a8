import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openStore } from '../../identity/store/open.ts'
import type { Collection, Store } from '../../identity/store/store.ts'
import { termsConformance } from './store-terms.ts'

interface Thing {
  readonly id: string
  readonly name?: string
  readonly rank?: number | null
  readonly active?: boolean
}

const THINGS: Collection<Thing> = {
  name: 'things',
  id: (t) => t.id,
  indexes: ['name', 'rank', 'active'],
  unique: { name: (t) => t.name?.toLowerCase() },
}
const COUNTERS: Collection<{ id: string; count: number }> = { name: 'counters', id: (c) => c.id, indexes: [] }

/** A kind of database under test. `location` gives the address of a fresh, empty one. */
export interface Backend {
  start(): Promise<void>
  location(): Promise<string>
  stop(): Promise<void>
}

/** What every store must do; each test has a store of its own. */
export function storeConformance(name: string, backend: Backend): void {
  describe(`the store on ${name}`, () => {
    let location: string
    let store: Store
    let now: Date
    beforeAll(() => backend.start())
    afterAll(() => backend.stop())
    beforeEach(async () => {
      now = new Date('2026-01-01T00:00:00Z')
      location = await backend.location()
      store = await openStore(location, () => now)
    })
    afterEach(() => store.close())
    const later = (seconds: number) => {
      now = new Date(now.getTime() + seconds * 1000)
    }

    termsConformance(() => ({ store, location }))

    describe('documents', () => {
      it('are read as they were written', async () => {
        const thing = { id: 'a', name: 'Zoë \u0000 \ud800 \u{1f600} "\\', rank: -0.5, active: false }
        await store.create(THINGS, 's', thing)
        expect(await store.get(THINGS, 's', 'a')).toEqual(thing)
      })

      it('are absent when nobody wrote them', async () => {
        expect(await store.get(THINGS, 's', 'a')).toBeUndefined()
      })

      it('are not written over by create', async () => {
        await store.create(THINGS, 's', { id: 'a', rank: 1 })
        await expect(store.create(THINGS, 's', { id: 'a', rank: 2 })).rejects.toMatchObject({ code: 'CONFLICT' })
        expect(await store.get(THINGS, 's', 'a')).toEqual({ id: 'a', rank: 1 })
      })

      it('keep long ids apart that begin alike', async () => {
        const [one, two] = [`${'x'.repeat(5000)}1`, `${'x'.repeat(5000)}2`]
        await store.create(THINGS, 's', { id: one, rank: 1 })
        await store.create(THINGS, 's', { id: two, rank: 2 })
        expect(await store.get(THINGS, 's', two)).toMatchObject({ rank: 2 })
      })

      it('go once, and delete says whether there was one', async () => {
        await store.create(THINGS, 's', { id: 'a' })
        expect([await store.delete(THINGS, 's', 'a'), await store.delete(THINGS, 's', 'a')]).toEqual([true, false])
      })
    })

    describe('scopes and collections', () => {
      it('hide their documents from each other', async () => {
        await store.create(THINGS, 'one', { id: 'a', name: 'x' })
        expect(await store.get(THINGS, 'two', 'a')).toBeUndefined()
        expect(await store.take(THINGS, 'two', 'a')).toBeUndefined()
        expect(await store.get({ ...THINGS, name: 'others' }, 'one', 'a')).toBeUndefined()
        expect((await store.find(THINGS, 'two', { limit: 10 })).total).toBe(0)
        await expect(store.update(THINGS, 'two', 'a', (t) => t)).rejects.toMatchObject({ code: 'NOT_FOUND' })
      })

      it('may hold the same id and the same unique key each', async () => {
        await store.create(THINGS, 'one', { id: 'a', name: 'x' })
        await store.create(THINGS, 'two', { id: 'a', name: 'x' })
        expect((await store.find(THINGS, 'one', { limit: 10 })).total).toBe(1)
      })
    })

    describe('unique keys', () => {
      it('refuse a second document on create', async () => {
        await store.create(THINGS, 's', { id: 'a', name: 'Jane' })
        await expect(store.create(THINGS, 's', { id: 'b', name: 'JANE' })).rejects.toMatchObject({ code: 'CONFLICT' })
      })

      it('refuse a second document on update, and leave it as it was', async () => {
        await store.create(THINGS, 's', { id: 'a', name: 'Jane' })
        await store.create(THINGS, 's', { id: 'b', name: 'John' })
        const rename = store.update(THINGS, 's', 'b', (t) => ({ ...t, name: 'jane' }))
        await expect(rename).rejects.toMatchObject({ code: 'CONFLICT' })
        expect(await store.get(THINGS, 's', 'b')).toEqual({ id: 'b', name: 'John' })
      })

      it('are free again when their document changes or goes', async () => {
        await store.create(THINGS, 's', { id: 'a', name: 'Jane' })
        await store.update(THINGS, 's', 'a', (t) => ({ ...t, name: 'Joan' }))
        await store.create(THINGS, 's', { id: 'b', name: 'Jane' })
        await store.delete(THINGS, 's', 'b')
        await store.create(THINGS, 's', { id: 'c', name: 'Jane' })
        expect(await store.get(THINGS, 's', 'c')).toBeDefined()
      })

      it('let one of many creators win', async () => {
        const ids = Array.from({ length: 20 }, (_, i) => `t${i}`)
        const tries = await Promise.allSettled(ids.map((id) => store.create(THINGS, 's', { id, name: 'same' })))
        expect(tries.filter((t) => t.status === 'fulfilled')).toHaveLength(1)
      })

      it('are not claimed by documents without one', async () => {
        await store.create(THINGS, 's', { id: 'a' })
        await store.create(THINGS, 's', { id: 'b' })
        expect((await store.find(THINGS, 's', { limit: 10 })).total).toBe(2)
      })
    })

    describe('createMarked', () => {
      const mark = () => store.get(COUNTERS, 's', 'last')
      const marked = (id: string, count: number, by = store) =>
        by.createMarked(THINGS, 's', { id }, COUNTERS, { id: 'last', count })

      it('creates a document and puts a mark, in place of the one before', async () => {
        await marked('a', 1)
        await marked('b', 2)
        expect([await store.get(THINGS, 's', 'b'), await mark()]).toEqual([{ id: 'b' }, { id: 'last', count: 2 }])
      })

      it('leaves the mark as it was when the id is taken', async () => {
        await marked('a', 1)
        await expect(marked('a', 2)).rejects.toMatchObject({ code: 'CONFLICT' })
        expect(await mark()).toEqual({ id: 'last', count: 1 })
      })

      it('gives the mark of the one that won, of many callers of two stores', async () => {
        const other = await openStore(location, () => now)
        const calls = Array.from({ length: 20 }, (_, i) => marked('a', i, i % 2 === 0 ? store : other))
        const won = (await Promise.allSettled(calls)).flatMap(({ status }, i) => (status === 'fulfilled' ? [i] : []))
        await other.close()
        expect([won.length, (await mark())?.count]).toEqual([1, won[0]])
      })

      it('gives a mark that update goes on with', async () => {
        await marked('a', 1)
        await store.update(COUNTERS, 's', 'last', (old) => ({ ...old, count: old.count + 1 }))
        expect(await mark()).toEqual({ id: 'last', count: 2 })
      })
    })

    describe('update', () => {
      it('returns and stores what the function makes of the old value', async () => {
        await store.create(THINGS, 's', { id: 'a', rank: 1 })
        const changed = await store.update(THINGS, 's', 'a', (t) => ({ ...t, rank: (t.rank ?? 0) + 1 }))
        expect(changed).toEqual({ id: 'a', rank: 2 })
        expect(await store.get(THINGS, 's', 'a')).toEqual(changed)
      })

      it('loses no change when two stores write at once', async () => {
        await store.create(COUNTERS, 's', { id: 'c', count: 0 })
        const second = await openStore(location, () => now)
        const raise = (s: Store) => s.update(COUNTERS, 's', 'c', (c) => ({ ...c, count: c.count + 1 }))
        await Promise.all(Array.from({ length: 40 }, (_, i) => raise(i % 2 === 0 ? store : second)))
        await second.close()
        expect(await store.get(COUNTERS, 's', 'c')).toEqual({ id: 'c', count: 40 })
      })

      it('changes nothing when the function throws', async () => {
        await store.create(THINGS, 's', { id: 'a', rank: 1 })
        const refused = store.update(THINGS, 's', 'a', () => {
          throw new RangeError('no')
        })
        await expect(refused).rejects.toThrow(RangeError)
        expect(await store.get(THINGS, 's', 'a')).toEqual({ id: 'a', rank: 1 })
      })

      it('refuses to change the id', async () => {
        await store.create(THINGS, 's', { id: 'a' })
        const moved = store.update(THINGS, 's', 'a', () => ({ id: 'b' }))
        await expect(moved).rejects.toMatchObject({ code: 'INTERNAL' })
      })
    })

    describe('take', () => {
      it('gives the value to exactly one of many callers of two stores', async () => {
        await store.create(THINGS, 's', { id: 'code', rank: 7 })
        const second = await openStore(location, () => now)
        const takes = Array.from({ length: 30 }, (_, i) => (i % 2 === 0 ? store : second).take(THINGS, 's', 'code'))
        const taken = (await Promise.all(takes)).filter((t) => t !== undefined)
        await second.close()
        expect(taken).toEqual([{ id: 'code', rank: 7 }])
      })
    })

    describe('expiry', () => {
      it('ends a document at the second it was given, for every verb', async () => {
        await store.create(THINGS, 's', { id: 'a', name: 'x' }, 60)
        later(59.999)
        expect(await store.get(THINGS, 's', 'a')).toBeDefined()
        later(0.001)
        expect(await store.get(THINGS, 's', 'a')).toBeUndefined()
        expect(await store.take(THINGS, 's', 'a')).toBeUndefined()
        expect(await store.find(THINGS, 's', { limit: 10 })).toEqual({ items: [], total: 0 })
        await expect(store.update(THINGS, 's', 'a', (t) => t)).rejects.toMatchObject({ code: 'NOT_FOUND' })
      })

      it('frees the id and the unique key at once', async () => {
        await store.create(THINGS, 's', { id: 'a', name: 'x' }, 60)
        await store.create(THINGS, 's', { id: 'b', name: 'y' }, 60)
        later(60)
        await store.create(THINGS, 's', { id: 'a', name: 'y' })
        expect(await store.get(THINGS, 's', 'a')).toEqual({ id: 'a', name: 'y' })
      })

      it('frees the unique key for an update', async () => {
        await store.create(THINGS, 's', { id: 'old', name: 'x' }, 60)
        await store.create(THINGS, 's', { id: 'new', name: 'y' })
        later(60)
        expect(await store.update(THINGS, 's', 'new', (t) => ({ ...t, name: 'x' }))).toEqual({ id: 'new', name: 'x' })
      })

      it('stays as it was through an update', async () => {
        await store.create(THINGS, 's', { id: 'a' }, 60)
        await store.update(THINGS, 's', 'a', (t) => ({ ...t, rank: 1 }))
        later(60)
        expect(await store.get(THINGS, 's', 'a')).toBeUndefined()
      })

      it('is swept a bounded batch at a time, oldest first, and spares the living', async () => {
        for (let i = 0; i < 5; i++) await store.create(THINGS, 's', { id: `t${i}` }, 10 + i)
        await store.create(THINGS, 's', { id: 'forever' })
        await store.create(THINGS, 's', { id: 'young' }, 1000)
        later(100)
        expect([await store.sweep(3), await store.sweep(3), await store.sweep(3)]).toEqual([3, 2, 0])
        expect((await store.find(THINGS, 's', { limit: 10 })).items.map((t) => t.id)).toEqual(['forever', 'young'])
      })
    })

    describe('find', () => {
      const people: readonly Thing[] = [
        { id: 'a', name: 'delta', rank: 10, active: true },
        { id: 'b', name: 'Alpha', rank: 9, active: false },
        { id: 'c', name: 'bravo', rank: -3.5, active: true },
        { id: 'd', name: 'charlie', rank: null, active: true },
        { id: 'e', name: 'Éa', rank: 9, active: true },
      ]
      beforeEach(async () => {
        for (const person of people) await store.create(THINGS, 's', person)
      })
      const ids = async (query: Omit<Parameters<typeof store.find<Thing>>[2], 'limit'>) =>
        (await store.find(THINGS, 's', { limit: 100, ...query })).items.map((t) => t.id).join('')

      it('sorts by the id unless told otherwise', async () => {
        expect(await ids({})).toBe('abcde')
        expect(await ids({ direction: 'desc' })).toBe('edcba')
      })

      it('sorts numbers by value with the absent first and the id as the last word', async () => {
        expect(await ids({ orderBy: 'rank' })).toBe('dcbea')
        expect(await ids({ orderBy: 'rank', direction: 'desc' })).toBe('aebcd')
      })

      it('sorts texts by their characters, whatever the locale', async () => {
        expect(await ids({ orderBy: 'name' })).toBe('bcdae')
      })

      it('filters by text, number, boolean and null, all of which have to hold', async () => {
        expect(await ids({ where: { name: 'bravo' } })).toBe('c')
        expect(await ids({ where: { rank: null } })).toBe('d')
        expect(await ids({ where: { rank: 9, active: true } })).toBe('e')
        expect(await ids({ where: { active: true }, orderBy: 'rank', direction: 'desc' })).toBe('aecd')
      })

      it('gives pages that follow each other, and the total of all of them', async () => {
        const page = (offset: number) =>
          store.find(THINGS, 's', { where: { active: true }, orderBy: 'name', limit: 3, offset })
        const [first, second] = [await page(0), await page(3)]
        expect([...first.items, ...second.items].map((t) => t.id).join('')).toBe('cdae')
        expect([first.total, second.total]).toEqual([4, 4])
      })

      it('refuses a field that is not indexed', async () => {
        await expect(ids({ where: { id: 'a' } })).rejects.toMatchObject({ code: 'INTERNAL' })
      })

      it('sees documents that were written before the field was indexed', async () => {
        const more: Collection<Thing & { colour?: string }> = { ...THINGS, indexes: ['name', 'active'] }
        const changed = await openStore(location, () => now)
        const found = await changed.find(more, 's', { where: { active: false }, limit: 10 })
        await changed.close()
        expect(found.items.map((t) => t.id)).toEqual(['b'])
      })
    })

    describe('processes', () => {
      it('find after kill -9 of a writer everything that it had acknowledged', async () => {
        const acknowledged = await killWriter(location, 200)
        const reopened = await openStore(location, () => now)
        const writes: Collection<{ id: string }> = { name: 'writes', id: (w) => w.id, indexes: [] }
        const found = await Promise.all(acknowledged.map((id) => reopened.get(writes, 'writer', id)))
        await reopened.close()
        expect(found.filter((w) => w === undefined)).toEqual([])
      })

      it('may open a fresh store at the same moment', async () => {
        const fresh = await backend.location()
        const stores = await Promise.all(Array.from({ length: 4 }, () => openStore(fresh, () => now)))
        await stores[0]?.create(THINGS, 's', { id: 'a' })
        expect(await stores[3]?.get(THINGS, 's', 'a')).toEqual({ id: 'a' })
        await Promise.all(stores.map((s) => s.close()))
      })
    })
  })
}

/** Runs a writer in a process of its own, kills it in the middle of its work; returns the ids it printed. */
function killWriter(location: string, after: number): Promise<string[]> {
  const script = fileURLToPath(new URL('store-writer.ts', import.meta.url))
  const writer = spawn(process.execPath, [script, location], { stdio: ['ignore', 'pipe', 'inherit'] })
  return new Promise((resolve, reject) => {
    let printed = ''
    writer.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString()
      if (printed.split('\n').length > after) writer.kill('SIGKILL')
    })
    writer.on('error', reject)
    writer.on('close', (_code, signal) => {
      if (signal === 'SIGKILL') resolve(printed.split('\n').slice(0, -1))
      else reject(new Error(`the writer ended by itself (${signal})`))
    })
  })
}
