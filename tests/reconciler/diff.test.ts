import { describe, expect, it } from 'vitest'
import { bool, int, list, map, nullable, object, secret, text } from '../../config/field.ts'
import type { Kind } from '../../config/kind.ts'
import { Client } from '../../config/kinds/client.ts'
import { diffSpec, isOurs, type KnownFacts } from '../../reconciler/diff.ts'

/** A kind with one field of each sort; only what a comparison reads of it is there. */
const KIND = {
  spec: object(
    {
      optional: {
        name: text('', { wire: 'name' }),
        folded: text('', { wire: 'folded', fold: 'lowercase' }),
        size: nullable(int('', { wire: 'size', safer: 'up' })),
        born: text('', { wire: 'born', createOnly: true }),
        note: text('', { local: true }),
        key: secret('', { wire: 'key' }),
        tags: list(text(''), '', { wire: 'tags' }),
        mails: list(text('', {}), '', { wire: 'mails', fold: 'lowercase' }),
        steps: list(text(''), '', { wire: 'steps', list: 'ordered' }),
        levels: list(object({ required: { name: text('') }, optional: { on: bool('') } }, ''), '', {
          wire: 'levels',
          list: { key: 'name' },
        }),
        texts: map(text(''), '', { wire: 'texts' }),
        inner: object({ optional: { on: bool('', { wire: 'on' }) } }, ''),
      },
    },
    '',
  ),
  references: [
    { at: '/ownerRef', kind: 'Tenant', stored: true },
    { at: '/elseRef', kind: 'Tenant' },
  ],
} as unknown as Kind

const diff = (desired: Record<string, unknown>, known: Partial<KnownFacts> = {}) =>
  diffSpec(KIND, desired, { observed: {}, memo: {}, ...known })
const seen = (desired: Record<string, unknown>, observed: Record<string, unknown>) => diff(desired, { observed })

describe('a value', () => {
  it('that is the same is no change', () => expect(seen({ name: 'a' }, { name: 'a' })).toEqual([]))

  it('that differs shows both sides', () =>
    expect(seen({ name: 'a' }, { name: 'b' })).toEqual([
      { op: 'replace', path: '/name', from: 'b', to: 'a', impact: 'neutral' },
    ]))

  it('that is not there yet is added', () =>
    expect(seen({ name: 'a' }, {})).toEqual([{ op: 'add', path: '/name', to: 'a', impact: 'neutral' }]))

  it('that is unset where there is one is removed', () =>
    expect(seen({ size: null }, { size: 4 })).toMatchObject([{ op: 'remove', path: '/size', from: 4, to: null }]))

  it('that is unset is the same as one that is not there', () => {
    expect(seen({ size: null }, {})).toEqual([])
    expect(seen({ size: null }, { size: null })).toEqual([])
  })

  it('in place of an unset one is added', () =>
    expect(seen({ size: 4 }, { size: null })).toMatchObject([{ op: 'add', from: null, to: 4 }]))

  it('that differs in letter case differs, unless the system does not tell them apart', () => {
    expect(seen({ name: 'A' }, { name: 'a' })).toHaveLength(1)
    expect(seen({ folded: 'A' }, { folded: 'a' })).toEqual([])
    expect(seen({ folded: 'A' }, { folded: 'b' })).toHaveLength(1)
  })

  it('that no document names is left alone', () => expect(seen({}, { name: 'a', tags: ['x'] })).toEqual([]))

  it('that is for us alone never differs', () => expect(seen({ note: 'a' }, {})).toEqual([]))

  it('that the system takes at creation only is marked', () => {
    expect(seen({ born: 'a' }, { born: 'b' })).toMatchObject([{ path: '/born', createOnly: true }])
    expect(seen({ name: 'a' }, { name: 'b' })[0]).not.toHaveProperty('createOnly')
  })

  it('that cannot be read is compared with what was written last', () => {
    expect(diff({ name: 'a' }, { memo: { '/name': 'a' } })).toEqual([])
    expect(diff({ name: 'a' }, { memo: { '/name': 'b' } })).toMatchObject([{ from: 'b', to: 'a' }])
  })

  it('that can be read is compared with the system, whatever was written', () =>
    expect(diff({ name: 'a' }, { observed: { name: 'b' }, memo: { '/name': 'a' } })).toHaveLength(1))

  it('inside an object has the path of both', () => {
    expect(seen({ inner: { on: true } }, { inner: { on: false } })).toMatchObject([{ path: '/inner/on' }])
    expect(seen({ inner: { on: true } }, {})).toMatchObject([{ op: 'add', path: '/inner/on' }])
  })

  it.each([
    ['/inner', true],
    ['/inner/on', true],
    ['/inne', false],
    ['/name', false],
  ])('may differ where %s is ignored: %s', (pointer, ignored) =>
    expect(diff({ inner: { on: true } }, { ignore: [pointer] })).toHaveLength(ignored ? 0 : 1),
  )

  it('may differ when any of several pointers says so', () =>
    expect(diff({ name: 'a' }, { ignore: ['/other', '/name'] })).toEqual([]))
})

describe('a list', () => {
  it('that is a set may come in any order, and name an item twice', () => {
    expect(seen({ tags: ['a', 'b'] }, { tags: ['b', 'a', 'a'] })).toEqual([])
    expect(seen({ tags: ['a', 'b'] }, { tags: ['a'] })).toHaveLength(1)
    expect(seen({ tags: ['a'] }, { tags: ['a', 'b'] })).toHaveLength(1)
  })

  it('that is ordered differs in another order', () => {
    expect(seen({ steps: ['a', 'b'] }, { steps: ['a', 'b'] })).toEqual([])
    expect(seen({ steps: ['a', 'b'] }, { steps: ['b', 'a'] })).toHaveLength(1)
  })

  it('of texts that are compared without case is so compared', () =>
    expect(seen({ mails: ['A@x'] }, { mails: ['a@X'] })).toEqual([]))

  it('is a change as a whole, also against what is no list', () =>
    expect(seen({ tags: ['a'] }, { tags: 'a' })).toMatchObject([{ path: '/tags', from: 'a', to: ['a'] }]))

  it('that cannot be read is compared with what was written last', () => {
    expect(diff({ tags: ['a'] }, { memo: { '/tags': ['a'] } })).toEqual([])
    expect(diff({ tags: ['a'] }, { memo: { '/tags': ['b'] } })).toHaveLength(1)
  })
})

describe('items that are paired by a key', () => {
  const levels = (...items: readonly unknown[]) => ({ levels: items })

  it('differ field by field, whatever their order', () =>
    expect(
      seen(
        levels({ name: 'a', on: true }, { name: 'b', on: true }),
        levels({ name: 'b', on: false }, { name: 'a', on: true }),
      ),
    ).toMatchObject([{ op: 'replace', path: '/levels/b/on', from: false, to: true }]))

  it('are added and taken away whole', () =>
    expect(seen(levels({ name: 'new' }), levels({ name: 'old', on: true }))).toEqual([
      { op: 'add', path: '/levels/new', to: { name: 'new' }, impact: 'neutral' },
      { op: 'remove', path: '/levels/old', from: { name: 'old', on: true }, impact: 'neutral' },
    ]))

  it('are all new where the system shows no list', () =>
    expect(seen(levels({ name: 'a' }), { levels: 'none' })).toMatchObject([{ op: 'add', path: '/levels/a' }]))

  it('have their key escaped in the path', () =>
    expect(seen(levels({ name: 'a/b' }), {})).toMatchObject([{ path: '/levels/a~1b' }]))
})

describe('a map', () => {
  it('differs by its keys, and leaves keys alone that no document names', () =>
    expect(seen({ texts: { a: '1', b: '2' } }, { texts: { a: '1', b: 'x', c: '3' } })).toMatchObject([
      { op: 'replace', path: '/texts/b', from: 'x', to: '2' },
    ]))

  it('that is not there gets all its keys', () =>
    expect(seen({ texts: { a: '1' } }, {})).toMatchObject([{ op: 'add', path: '/texts/a' }]))
})

describe('a secret', () => {
  const sent = (memo: unknown, reference: Record<string, unknown>, fingerprint?: string) =>
    diff(
      { key: reference },
      { memo: { '/key': memo }, ...(fingerprint === undefined ? {} : { fingerprints: { '/key': fingerprint } }) },
    )

  it('is added when it was never sent, and shows nothing of itself', () =>
    expect(diff({ key: { fromEnv: 'A' } })).toEqual([{ op: 'add', path: '/key', secret: true, impact: 'neutral' }]))

  it('is sent again when its version is another one, whatever its value', () => {
    expect(sent({ version: 1, fingerprint: 'f' }, { fromEnv: 'A', version: 2 }, 'f')).toMatchObject([{ op: 'replace' }])
    expect(sent({ version: 2, fingerprint: 'f' }, { fromEnv: 'A', version: 2 }, 'g')).toEqual([])
  })

  it('without a version is sent again when its value is another one', () => {
    expect(sent({ fingerprint: 'f' }, { fromEnv: 'A' }, 'g')).toMatchObject([{ op: 'replace', secret: true }])
    expect(sent({ fingerprint: 'f' }, { fromEnv: 'A' }, 'f')).toEqual([])
  })

  it('whose value is not at hand is taken for the one that was sent', () =>
    expect(sent({ fingerprint: 'f' }, { fromEnv: 'A' })).toEqual([]))
})

describe('a relation that the system keeps', () => {
  it('is compared by the id of what it leads to', () => {
    expect(seen({ ownerRef: { id: 'a' } }, { ownerRef: { id: 'a' } })).toEqual([])
    expect(seen({ ownerRef: { id: 'a' } }, { ownerRef: { id: 'b' } })).toMatchObject([
      { op: 'replace', path: '/ownerRef', from: 'b', to: 'a' },
    ])
    expect(seen({ ownerRef: { id: 'a' } }, {})).toMatchObject([{ op: 'add', to: 'a' }])
  })

  it('that no document names, or that only orders the work, is left alone', () => {
    expect(seen({}, { ownerRef: { id: 'b' } })).toEqual([])
    expect(seen({ ownerRef: {} }, { ownerRef: { id: 'b' } })).toEqual([])
    expect(seen({ elseRef: { id: 'a' } }, { elseRef: { id: 'b' } })).toEqual([])
  })
})

describe('a value that is shown once', () => {
  const writeTo = { file: 'secret.txt' }
  const delivered = (is: boolean, spec: Record<string, unknown> = { writeTo }) =>
    diffSpec(Client, spec, { observed: {}, memo: {}, delivered: is })

  it('is a change until it is in its place', () => {
    expect(delivered(false)).toEqual([{ op: 'add', path: '/writeTo', secret: true, impact: 'neutral' }])
    expect(delivered(true)).toEqual([])
  })

  it('is none where no place is named', () => expect(delivered(false, {})).toEqual([]))

  it('that is missing was lost in the world, and a secret to be sent is ours', () => {
    const change = { op: 'add', secret: true, impact: 'neutral' } as const
    expect(isOurs(Client, { ...change, path: '/writeTo' })).toBe(false)
    expect(isOurs(Client, { ...change, path: '/clientSecret' })).toBe(true)
    expect(isOurs(Client, { op: 'add', path: '/displayName', impact: 'neutral' })).toBe(false)
  })
})
