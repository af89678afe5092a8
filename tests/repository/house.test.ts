import { describe, expect, it } from 'vitest'
import { breachesOf, exportedTwice } from '../../tools/house/habits.ts'
import { factsIn } from '../../tools/house/syntax.ts'

describe('what the house script reads in a file', () => {
  it('is the names that it defines and exports, each once, and none that it passes on', () => {
    const { exported } = factsIn(
      'cli/a.ts',
      `import { given } from './b.ts'
       export { passedOn } from './c.ts'
       const late = 1
       export { given, late }
       export const Both = 1
       export type Both = number
       export async function run() {}
       export interface Shape {}`,
    )
    expect(exported).toEqual(['late', 'Both', 'run', 'Shape'])
  })

  it('is what its module keeps while the process runs', () => {
    const { state } = factsIn(
      'cli/a.ts',
      `let count = 0
       export let told: string | undefined
       const seen = new Map<string, number>()
       const memo = new WeakMap<object, string>()
       const found: string[] = []
       const NONE: readonly string[] = []
       const TABLE = new Map([['a', 1]])
       const inside = () => { let mine = 0; return new Map().size + mine }`,
    )
    expect(state).toEqual(['count', 'told', 'seen', 'memo', 'found'])
  })

  it('is whether it reads the environment, and how long its functions are', () => {
    const text = `const a = () => 1
function b() {
  return process.env.HOME
}`
    const facts = factsIn('cli/a.ts', text)
    expect(facts.readsEnvironment).toBe(true)
    expect(facts.functions).toEqual([
      { at: 'cli/a.ts:1', lines: 1 },
      { at: 'cli/a.ts:2', lines: 3 },
    ])
    expect(factsIn('cli/b.ts', 'export const env = process.argv').readsEnvironment).toBe(false)
  })
})

describe('the habits of the house', () => {
  const facts = [
    factsIn('reconciler/a.ts', 'export const one = process.env.ONE\nlet kept = 1'),
    factsIn('providers/b.ts', 'export const one = 1'),
  ]

  it('are one name for one thing', () => {
    expect([...exportedTwice(facts)]).toEqual([['one', ['reconciler/a.ts', 'providers/b.ts']]])
    expect(breachesOf(facts).exportedTwice).toEqual(['one: reconciler/a.ts, providers/b.ts'])
  })

  it('are nothing kept by a module, and the environment read at the edge', () => {
    expect(breachesOf(facts)).toMatchObject({ state: ['reconciler/a.ts kept'], environment: ['reconciler/a.ts'] })
  })

  it('are no exception that nothing needs any more', () => {
    expect(breachesOf(facts).outdated).toEqual(expect.arrayContaining(['argon2id', 'cli']))
  })
})
