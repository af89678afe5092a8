import { statementIn } from './envelope.ts'
import { FileStore } from './file-store.ts'

/** What the lines of a log that hold a record are about. */
export const EVIDENCE = 'evidence'

const MARK = `"about":"${EVIDENCE}"`

/** A log of the controller: of one replica or of several, one after another, from wherever it was kept. */
export class LogStore extends FileStore {
  override readonly isExcerpt = true

  static holds(text: string): boolean {
    return text.includes(MARK)
  }

  override async text(): Promise<string | undefined> {
    const text = await super.text()
    return text === undefined ? undefined : recordsOfLog(text)
  }
}

/** Lines by their place in the chain, each once: a new leader logs again what the one before may not have. */
function recordsOfLog(text: string): string | undefined {
  const lines = new Set(text.split('\n').flatMap(recordIn))
  if (lines.size === 0) return undefined
  const sorted = [...lines].sort((a, b) => numberOf(a) - numberOf(b))
  return sorted.map((line) => `${line}\n`).join('')
}

const numberOf = (line: string): number => statementIn(line)?.predicate.sequence ?? 0

/** `kubectl logs --prefix` puts the pod before the line. */
function recordIn(line: string): readonly string[] {
  try {
    const { about, message } = JSON.parse(line.slice(line.indexOf('{'))) as {
      readonly about?: string
      readonly message?: string
    }
    return about === EVIDENCE && message !== undefined ? [message] : []
  } catch {
    return []
  }
}
