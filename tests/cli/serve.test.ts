import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { describe, expect, it } from 'vitest'
import { Project } from './project.ts'

/** Starts `plumbline serve` on a free port; resolves when it serves. */
async function serve(project: Project) {
  const child = project.start({}, 'serve', '--port', '0', '--quiet')
  const ended = once(child, 'close')
  const lines: string[] = []
  for await (const line of createInterface(child.stdout)) {
    lines.push(line)
    if (line.startsWith('Serving on ')) break
  }
  const stop = async (): Promise<number> => {
    child.kill('SIGINT')
    return (await ended)[0]
  }
  return { lines, url: lines.at(-1)?.replace('Serving on ', '') ?? '', stop }
}

describe('serve', () => {
  it('shows the administrator key at the first start only, and ends cleanly on Ctrl-C', async () => {
    const project = await Project.create()
    const first = await serve(project)
    const key = /pla_\S+/.exec(first.lines[0] ?? '')?.[0] ?? ''
    const answer = await fetch(`${first.url}/v1/organizations`, { headers: { 'x-api-key': key } })
    expect(answer.status).toBe(200)
    expect(await first.stop()).toBe(0)
    const second = await serve(project)
    expect(second.lines).toHaveLength(1)
    expect(await second.stop()).toBe(0)
  })
})
