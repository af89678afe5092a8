import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { Project, RUNTIME, tenant } from './project.ts'

const NAMES = Array.from({ length: 100 }, (_, i) => `tenant-${i}`)
const DONE = /^✓ Tenant\//

/** Applies, and sends the signal as soon as something is done. */
async function interrupted(project: Project, signal: NodeJS.Signals) {
  const child = project.start({}, 'apply', '--yes')
  const ended = once(child, 'close')
  const stderr = text(child.stderr)
  const lines: string[] = []
  for await (const line of createInterface(child.stdout)) {
    if (DONE.test(line) && !lines.some((l) => DONE.test(l))) child.kill(signal)
    lines.push(line)
  }
  const [code] = await ended
  return { code, lines, stderr: await stderr }
}

describe('a long apply', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'that %s stops in the middle skips the rest, repeats nothing, and goes on in the next run',
    async (signal, exit) => {
      const project = await Project.create(RUNTIME, ...NAMES.map((name) => tenant(name, 8)))
      const { code, lines, stderr } = await interrupted(project, signal)
      expect(code).toBe(exit)
      expect(stderr).toContain('error interrupted\nRun it again to continue.\n')
      const done = lines.filter((line) => DONE.test(line))
      const skipped = lines.filter((line) => /^· Tenant\/.* {2}skipped: interrupted$/.test(line))
      expect(skipped.length).toBeGreaterThan(0)
      expect(lines.at(-1)).toBe(`Applied: ${done.length} done, ${skipped.length} skipped.`)
      expect(done.length + skipped.length).toBe(NAMES.length)

      const again = await project.run('apply', '--yes')
      expect(again.code).toBe(0)
      expect(again.stdout).toContain(`Plan: ${skipped.length} to create, ${done.length} unchanged.`)
      expect(again.stdout).toContain(`Applied: ${skipped.length} done.`)
      expect((await project.run('plan')).code).toBe(0)
    },
  )
})
