import { expect, it } from 'vitest'
import { impactOf } from '../../reconciler/impact.ts'

it.each([
  ['a longer PIN', { safer: 'up' }, 4, 6, 'tightens'],
  ['a shorter PIN', { safer: 'up' }, 6, 4, 'weakens'],
  ['MFA switched off', { safer: 'up' }, true, false, 'weakens'],
  ['a shorter life of a code', { safer: 'down' }, 10, 5, 'tightens'],
  ['one more redirect URI', { safer: 'fewer' }, ['a'], ['a', 'b'], 'weakens'],
  ['a first list of domains, where any was good before', { safer: 'fewer' }, null, ['a'], 'tightens'],
  ['no list of domains any more', { safer: 'fewer' }, ['a'], null, 'weakens'],
  ['one more factor', { safer: 'more' }, ['a'], ['a', 'b'], 'tightens'],
  ['one factor less', { safer: 'more' }, ['a', 'b'], ['a'], 'weakens'],
  ['another list of the same length', { safer: 'more' }, ['a'], ['b'], 'neutral'],
  ['a list that is not known any more', { safer: 'more' }, ['a'], undefined, 'neutral'],
  ['a stronger choice', { safer: 'up', values: { Low: 'l', High: 'h' } }, 'Low', 'High', 'tightens'],
  ['a field without a direction', {}, 1, 2, 'neutral'],
  ['a value that was not known', { safer: 'up' }, undefined, 6, 'neutral'],
  ['nothing at all', { safer: 'up' }, 6, 6, 'neutral'],
] as const)('%s', (_what, meta, from, to, expected) => {
  expect(impactOf(meta, from, to)).toBe(expected)
})
