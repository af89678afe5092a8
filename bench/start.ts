import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { report, timed } from './measure.ts'
import { PLUMBLINE } from './plumbline.ts'

/** From the start of the process to an answer of `/readyz`; the first time with an empty data folder, then with a filled one. */
async function startAndStop(data: string): Promise<number> {
  const child = spawn(process.execPath, [...PLUMBLINE, 'serve', '--quiet', '--port', '0', '--data', data], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const { seconds } = await timed(async () => {
    const url = await addressIn(child.stdout)
    const answer = await fetch(`${url}/readyz`)
    if (!answer.ok) throw new Error(`the service answered ${answer.status}`)
  })
  const closed = once(child, 'close')
  child.kill('SIGINT')
  await closed
  return seconds
}

async function addressIn(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface(output)) {
    const url = /^Serving on (\S+)$/.exec(line)?.[1]
    if (url !== undefined) return url
  }
  throw new Error('the service ended before it was ready')
}

const data = mkdtempSync(join(tmpdir(), 'plumbline-bench-'))
try {
  const firstSeconds = await startAndStop(data)
  report({ firstSeconds, seconds: await startAndStop(data) })
} finally {
  rmSync(data, { recursive: true, force: true })
}
