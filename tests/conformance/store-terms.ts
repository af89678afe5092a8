import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { openStore } from '../../identity/store/open.ts'
import type { Collection, Condition, Store, Term, TermValue } from '../../identity/store/store.ts'

interface Person {
  readonly id: string
  readonly name?: string
  readonly age?: number
  readonly active?: boolean
  readonly mails?: readonly { readonly value?: string; readonly type?: string }[]
}
interface Team {
  readonly id: string
  readonly title: string
  readonly people: readonly string[]
}

const present = <T>(value: T | undefined): T[] => (value === undefined ? [] : [value])
const termsOf = ({ id, name, age, active, mails = [] }: Person): Term[] => [
  { field: 'id', value: id, item: 0 },
  ...present(name).map((value) => ({ field: 'name', value, item: 0 })),
  ...present(age).map((value) => ({ field: 'age', value, item: 0 })),
  ...present(active).map((value) => ({ field: 'active', value, item: 0 })),
  ...mails.flatMap(({ value, type }, item) => [
    { field: 'mails', ...(value === undefined ? {} : { value }), item },
    ...present(type).map((v) => ({ field: 'mails.type', value: v, item })),
  ]),
]
const PEOPLE: Collection<Person> = { name: 'people', id: (p) => p.id, indexes: [], terms: { version: 1, of: termsOf } }
const TEAMS: Collection<Team> = {
  name: 'teams',
  id: (t) => t.id,
  indexes: [],
  terms: {
    version: 1,
    of: (team) => [
      { field: 'title', value: team.title, item: 0 },
      ...team.people.map((value, item) => ({ field: 'people', value, item })),
    ],
  },
}
const SINGLE = ['id', 'name', 'age', 'active']
const WORDS = ['', 'a', 'A', 'ab', 'aba', 'b', 'é', '%', '_', '"', '\\', 'a b', '\u{1f600}', '\uffee', 'x'.repeat(256)]

/** Text that shows up again in other values, so that conditions match now and then. */
const word = () => fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...WORDS) }, fc.string({ maxLength: 6 }).map(plain))
const plain = (text: string) => text.replace(/\p{Cc}/gu, '')
const number = () => fc.oneof(fc.integer({ min: -2, max: 2 }), fc.double({ noNaN: true }))
const person = () =>
  fc.record(
    {
      name: word(),
      age: number(),
      active: fc.boolean(),
      mails: fc.array(fc.record({ value: word(), type: fc.constantFrom('work', 'home') }, { requiredKeys: [] }), {
        maxLength: 3,
      }),
    },
    { requiredKeys: [] },
  )

const TEXTS = ['name', 'mails', 'mails.type']
const single = (field: string) => (SINGLE.includes(field) ? { single: true } : {})
const leaf = (fields: readonly string[]): fc.Arbitrary<Condition> =>
  fc
    .oneof(
      fc.record({ op: fc.constantFrom('co', 'sw', 'ew'), field: fc.constantFrom(...fields), value: word() }),
      fc.record({ op: fc.constantFrom('gt', 'ge', 'lt', 'le'), field: fc.constantFrom(...fields), value: word() }),
      fc.record({
        op: fc.constant('in'),
        field: fc.constantFrom(...fields),
        values: fc.array(word(), { minLength: 1 }),
      }),
      fc.record({ op: fc.constant('present'), field: fc.constantFrom(...fields) }),
    )
    .map((c) => ({ ...c, ...single(c.field) }) as Condition)
const typed: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ op: fc.constantFrom('gt', 'ge', 'lt', 'le'), field: fc.constant('age'), value: number() }),
  fc.record({ op: fc.constant('in'), field: fc.constant('active'), values: fc.tuple(fc.boolean()) }),
) as fc.Arbitrary<Condition>
const condition = fc.letrec<{ all: Condition; inner: Condition }>((tie) => ({
  inner: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf(['mails', 'mails.type']),
    fc.record({ op: fc.constant('not'), of: tie('inner') }),
    fc.record({ op: fc.constantFrom('and', 'or'), of: fc.array(tie('inner'), { maxLength: 3 }) }),
  ) as fc.Arbitrary<Condition>,
  all: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf(TEXTS),
    typed,
    fc.record({ op: fc.constant('item'), field: fc.constant('mails'), of: tie('inner') }),
    fc.record({ op: fc.constant('not'), of: tie('all') }),
    fc.record({ op: fc.constantFrom('and', 'or'), of: fc.array(tie('all'), { maxLength: 3 }) }),
  ) as fc.Arbitrary<Condition>,
})).all

/** What a condition means, told as simply as possible. */
function fulfils(terms: readonly Term[], c: Condition): boolean {
  switch (c.op) {
    case 'and':
      return c.of.every((part) => fulfils(terms, part))
    case 'or':
      return c.of.some((part) => fulfils(terms, part))
    case 'not':
      return !fulfils(terms, c.of)
    case 'item':
      return terms.some(
        (t) =>
          t.field === c.field &&
          fulfils(
            terms.filter((other) => other.item === t.item),
            c.of,
          ),
      )
    case 'namedBy':
      throw new Error('has a test of its own')
    default:
      return terms.some((t) => t.field === c.field && t.value !== undefined && compares(t.value, c))
  }
}

type Comparison = Exclude<Condition, { op: 'and' | 'or' | 'not' | 'item' | 'namedBy' }>
function compares(value: TermValue, c: Comparison): boolean {
  if (c.op === 'present') return true
  if (c.op === 'in') return c.values.includes(value)
  if (c.op === 'co') return String(value).includes(c.value)
  if (c.op === 'sw') return String(value).startsWith(c.value)
  if (c.op === 'ew') return String(value).endsWith(c.value)
  const order =
    typeof value === 'string' ? Buffer.from(value).compare(Buffer.from(String(c.value))) : less(value, c.value)
  return { gt: order > 0, ge: order >= 0, lt: order < 0, le: order <= 0 }[c.op]
}
const less = (a: TermValue, b: TermValue) => (a < b ? -1 : +(a > b))

/** What every store must do with the terms of documents. */
export function termsConformance(opened: () => { readonly store: Store; readonly location: string }): void {
  describe('terms', () => {
    let store: Store
    beforeEach(() => {
      store = opened().store
    })
    const ids = async (matching: Condition) =>
      (await store.find(PEOPLE, 's', { matching, limit: 1000 })).items.map((p) => p.id).toSorted()

    it('find the documents that fulfil a condition, whatever it is', async () => {
      const people = fc.sample(person(), 60).map((p, i): Person => ({ id: `p${i}`, ...p }))
      for (const one of people) await store.create(PEOPLE, 's', one)
      await store.create(PEOPLE, 'other', { id: 'foreign', name: 'a' })
      const property = fc.asyncProperty(condition, async (matching) => {
        const expected = people.filter((p) => fulfils(termsOf(p), matching)).map((p) => p.id)
        const page = await store.find(PEOPLE, 's', { matching, limit: 1000 })
        expect(page.items.map((p) => p.id).toSorted()).toEqual(expected.toSorted())
        expect(page.total).toBe(expected.length)
      })
      await fc.assert(property, { numRuns: 150 })
    })

    it('follow what is written', async () => {
      const named = (name: string): Condition => ({ op: 'in', field: 'name', values: [name] })
      await store.create(PEOPLE, 's', { id: 'a', name: 'old' })
      await store.update(PEOPLE, 's', 'a', (p) => ({ ...p, name: 'new' }))
      expect([await ids(named('old')), await ids(named('new'))]).toEqual([[], ['a']])
      await store.delete(PEOPLE, 's', 'a')
      expect(await ids(named('new'))).toEqual([])
    })

    it('lose nothing when two stores write at once', async () => {
      await store.create(TEAMS, 's', { id: 't', title: 'T', people: [] })
      const second = await openStore(opened().location)
      const join = (s: Store, id: string) =>
        s.update(TEAMS, 's', 't', (t) => ({ ...t, people: [...t.people, id].toSorted() }))
      const names = Array.from({ length: 20 }, (_, i) => `p${String(i).padStart(2, '0')}`)
      await Promise.all(names.map((id, i) => join(i % 2 === 0 ? store : second, id)))
      await second.close()
      const found = names.map((id) =>
        store.find(TEAMS, 's', { matching: { op: 'in', field: 'people', values: [id] }, limit: 1 }),
      )
      expect((await Promise.all(found)).map((page) => page.total)).toEqual(names.map(() => 1))
    })

    it('find a document by those that name it', async () => {
      for (const id of ['a', 'b', 'c']) await store.create(PEOPLE, 's', { id, name: `n${id}` })
      await store.create(TEAMS, 's', { id: 't', title: 'T', people: ['a', 'b'] })
      await store.create(TEAMS, 'other', { id: 't', title: 'T', people: ['c'] })
      const inTeam: Condition = {
        op: 'namedBy',
        collection: 'teams',
        field: 'people',
        of: { op: 'in', field: 'title', values: ['T'] },
      }
      const named: Condition = { op: 'in', field: 'name', values: ['nb', 'nc'] }
      expect(await ids(inTeam)).toEqual(['a', 'b'])
      expect(await ids({ op: 'and', of: [named, inTeam] })).toEqual(['b'])
      expect(await ids({ op: 'not', of: inTeam })).toEqual(['c'])
    })

    it('sort, with those that have none at the end, and in the other direction at the beginning', async () => {
      const names = ['b', undefined, 'a', 'b']
      for (const [i, name] of names.entries()) await store.create(PEOPLE, 's', { id: `${i}`, ...(name && { name }) })
      const sorted = async (direction: 'asc' | 'desc') =>
        (await store.find(PEOPLE, 's', { orderByTerm: 'name', direction, limit: 10 })).items.map((p) => p.id).join('')
      expect([await sorted('asc'), await sorted('desc')]).toEqual(['2031', '1302'])
    })

    it('give pages that follow each other', async () => {
      for (let i = 0; i < 7; i++) await store.create(PEOPLE, 's', { id: `${i}`, name: `n${9 - i}` })
      const matching: Condition = { op: 'sw', field: 'name', value: 'n', single: true }
      const page = (offset: number) => store.find(PEOPLE, 's', { matching, limit: 3, offset })
      const pages = [await page(0), await page(3), await page(6)]
      expect(pages.flatMap((p) => p.items.map((one) => one.id)).join('')).toBe('6543210')
      expect(pages.map((p) => p.total)).toEqual([7, 7, 7])
    })

    it('are made again for what is stored when a release makes others', async () => {
      await store.create(PEOPLE, 's', { id: 'a', name: 'x' })
      const reversed: Collection<Person> = {
        ...PEOPLE,
        terms: { version: 2, of: (p) => [{ field: 'title', value: p.name ?? '', item: 0 }] },
      }
      const later = await openStore(opened().location)
      const find = (field: string) => later.find(reversed, 's', { matching: { op: 'present', field }, limit: 1 })
      expect([(await find('title')).total, (await find('name')).total]).toEqual([1, 0])
      await later.close()
    })

    it('are refused for documents that expire, and conditions for collections without terms', async () => {
      await expect(store.create(PEOPLE, 's', { id: 'a' }, 60)).rejects.toMatchObject({ code: 'INTERNAL' })
      const plainTeams = { name: 'plain', id: (t: Team) => t.id, indexes: [] }
      const find = store.find(plainTeams, 's', { matching: { op: 'present', field: 'title' }, limit: 1 })
      await expect(find).rejects.toMatchObject({ code: 'INTERNAL' })
    })
  })
}
