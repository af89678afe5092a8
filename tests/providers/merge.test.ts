import { describe, expect, it } from 'vitest'
import { list, map, object, secret, text } from '../../config/field.ts'
import { isSecret, overlay, picked, without } from '../../providers/merge.ts'
import type { Change } from '../../reconciler/adapter.ts'

const change = (path: string): Change => ({ op: 'replace', path, impact: 'neutral' })

const item = object({ optional: { to: text('', { wire: 'map_to' }), from: text('', { wire: 'map_from' }) } }, '')
const schema = object(
  {
    optional: {
      group: object({ optional: { flat: text('', { wire: 'flat_name' }) } }, ''),
      block: object({ optional: { password: secret('', { wire: 'pass_word' }), user: text('') } }, '', {
        wire: 'the_block',
      }),
      mappings: list(item, '', { wire: 'maps', list: { key: 'to' } }),
      names: list(text(''), ''),
      texts: map(text(''), ''),
    },
  },
  '',
)

describe('picked', () => {
  it('takes what the changes name and leaves the rest', () => {
    const desired = { a: { b: 1, c: 2 }, d: 3 }
    expect(picked(desired, [change('/a/b')])).toEqual({ a: { b: 1 } })
  })

  it('takes a list whole when one of its items changes', () => {
    const desired = { mappings: [{ to: 'x' }, { to: 'y' }] }
    expect(picked(desired, [change('/mappings/x/from')])).toEqual(desired)
  })

  it('keeps null, which unsets', () => {
    expect(picked({ a: null }, [change('/a')])).toEqual({ a: null })
  })

  it('takes a member whose name is special to JavaScript as an own member', () => {
    const texts = JSON.parse('{"__proto__":"P"}') as object
    const taken = picked({ texts }, [change('/texts/__proto__')]).texts as object
    expect(Object.entries(taken)).toEqual([['__proto__', 'P']])
  })
})

describe('overlay', () => {
  it('merges objects field by field and keeps what is not known', () => {
    const found = { the_block: { user: 'u', more: 1 }, surprise: true }
    expect(overlay(schema, found, { the_block: { user: 'v' } })).toEqual({
      the_block: { user: 'v', more: 1 },
      surprise: true,
    })
  })

  it('lays items of a keyed list over those with the same key, and drops the others', () => {
    const found = {
      maps: [
        { id: '1', map_to: 'x', map_from: 'a' },
        { id: '2', map_to: 'y' },
      ],
    }
    expect(overlay(schema, found, { maps: [{ map_to: 'x', map_from: 'b' }, { map_to: 'z' }] })).toEqual({
      maps: [{ id: '1', map_to: 'x', map_from: 'b' }, { map_to: 'z' }],
    })
  })

  it('replaces every other list', () => {
    expect(overlay(schema, { names: ['a', 'b'] }, { names: ['c'] })).toEqual({ names: ['c'] })
  })
})

describe('without', () => {
  it('drops secrets at every depth', () => {
    const found = { flat_name: 'f', the_block: { pass_word: '***', user: 'u' } }
    expect(without(schema, found, isSecret)).toEqual({ flat_name: 'f', the_block: { user: 'u' } })
  })
})
