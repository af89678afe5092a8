import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const ROOT = new URL('../../', import.meta.url)
const PAGE = readFileSync(new URL('docs/architecture.md', ROOT), 'utf8')

/** The rooms of a walk, in order, and those that are asked on the way. */
function walk(title: string): readonly string[] {
  const section = PAGE.split(`### ${title}\n`)[1]?.split('\n#')[0] ?? ''
  return [...section.matchAll(/^\| `([^`]+)` \|.*$/gm)].map(([, room = '']) => room)
}

const rooms = (text: string): readonly string[] =>
  [...text.matchAll(/`([a-z-]+\/[a-z/-]+\.ts)`/g)].map(([, r = '']) => r)

describe.each(['The walk of a login', 'The walk of an authenticated request'])('%s', (title) => {
  it('enters no room twice', () => {
    const entered = walk(title)
    expect(entered.length).toBeGreaterThan(5)
    expect(new Set(entered).size).toBe(entered.length)
  })

  it('names rooms that are there', () => {
    const section = PAGE.split(`### ${title}\n`)[1]?.split('\n#')[0] ?? ''
    const missing = rooms(section).filter((room) => !existsSync(new URL(`identity/${room}`, ROOT)))
    expect(missing).toEqual([])
  })
})
