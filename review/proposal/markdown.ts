import { cell, code } from '../../config/text/markdown.ts'
import { shortened } from '../../config/text/printable.ts'
import type { Change } from '../../reconciler/adapter.ts'
import type { AcceptedChange, LeftChange } from './accept.ts'
import type { ConnectionDrift } from './drifted.ts'

/** Rows of one table; a comment of a forge has room for some thousand. */
const MOST = 200
const WIDTH = 100

export const REVERT = 'revert'

export const proposalTitle = ({ connection, accepted }: ConnectionDrift, environment: string | undefined): string => {
  const objects = new Set(accepted.map(({ address }) => address)).size
  const place = environment === undefined ? connection : `${connection} in ${environment}`
  return `Drift of ${place}: ${objects} ${objects === 1 ? 'object' : 'objects'}`
}

/** What a proposal says: what was changed behind the documents, what they cannot take over, and what there is to decide. */
export const proposalBody = (drift: ConnectionDrift): string =>
  [
    `**The systems are not as the documents say.** Somebody has changed what is behind ${code(drift.connection)}; these are the values that are there now.`,
    table(drift.accepted),
    ...leftOver(drift.left),
    decisions(drift.accepted),
  ].join('\n\n')

const table = (accepted: readonly AcceptedChange[]): string =>
  [
    '| object | field | the documents say | the system has | |',
    '| --- | --- | --- | --- | --- |',
    ...accepted.slice(0, MOST).map(row),
    ...(accepted.length > MOST ? [`| and ${accepted.length - MOST} more | | | | |`] : []),
  ].join('\n')

const row = ({ address, change }: AcceptedChange): string =>
  `| ${[address, change.path, shown(change.to), shown(change.from)].map(cell).join(' | ')} | ${accepting(change)} |`

const shown = (value: unknown): string => (value === undefined ? '(absent)' : shortened(JSON.stringify(value), WIDTH))

/** A change of the differ leads from the system to the documents; this one leads back. */
const accepting = ({ impact }: Change): string => ACCEPTING[impact]
const ACCEPTING = { tightens: '⚠️ weaker', weakens: '🔒 stricter', neutral: '' } as const

function leftOver(left: readonly LeftChange[]): readonly string[] {
  if (left.length === 0) return []
  const lines = left
    .slice(0, MOST)
    .map(({ address, pointer = '', why }) => `- ${code(`${address}${pointer}`)}: ${code(shortened(why, 300))}`)
  return [['Not taken over:', '', ...lines].join('\n')]
}

function decisions(accepted: readonly AcceptedChange[]): string {
  const [first] = accepted
  const [kind = '', ...place] = first?.address.split('/') ?? []
  const name = place.at(-1) ?? ''
  return `What to do:
- **Accept it**: merge. The documents then say what the systems have.
- **Take it back**: close this with the label ${code(REVERT)}. The next apply writes what the documents say.
- **Leave it for a while**: add a document like this one, and close this.

\`\`\`yaml
apiVersion: plumbline.dev/v1alpha1
kind: DriftException
metadata: {name: ${name.replace(/[^a-z0-9.-]/g, '') || 'exception'}}
spec:
  object: {kind: ${kind}, name: ${name.replace(/[^\w.-]/g, '') || 'name'}}
  until: "YYYY-MM-DD"
  owner: who answers for it
  reason: why
\`\`\``
}
