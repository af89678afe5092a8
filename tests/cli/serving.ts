import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** A `plumbline serve` that runs. */
export interface Serving {
  readonly child: ChildProcess
  readonly url: string
  /** What it printed until it served. */
  readonly lines: readonly string[]
  /** Sends a signal (default: Ctrl-C) and waits for the end; returns the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

/** Resolves when the started process serves. Throws when it ends before. */
export async function serving(child: ChildProcess & { readonly stdout: NodeJS.ReadableStream }): Promise<Serving> {
  const ended = once(child, 'close')
  const lines: string[] = []
  for await (const line of createInterface(child.stdout)) {
    lines.push(line)
    if (line.startsWith('Serving on ')) break
  }
  const url = /^Serving on (\S+)$/.exec(lines.at(-1) ?? '')?.[1]
  if (url === undefined) throw new Error(`it ended before it served: ${lines.join('\n')}`)
  const stop = async (signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> => {
    child.kill(signal)
    return (await ended)[0]
  }
  return { child, url, lines, stop }
}
