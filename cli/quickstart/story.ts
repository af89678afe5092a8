import { PlumblineError } from '../../config/errors.ts'
import { kindOf } from '../../config/kinds/index.ts'
import { goodDocuments } from '../documents.ts'
import type { Result } from '../output/results.ts'
import { DRIFT_FORMS, hasDrifted } from '../report/drift.ts'
import type { Run } from '../run.ts'
import type { Counts, Pulumi } from './engine.ts'
import { SCENE, writeProject } from './scene.ts'
import { tamper } from './tamper.ts'
import { driftNow } from './watch.ts'

const TITLE_WIDTH = 26

/**
 * The main job on the example, told in steps. The runtime serves at `url` already. Throws when a step fails. Returns what
 * was told, for programs.
 */
export async function tellStory(run: Run, pulumi: Pulumi, url: string): Promise<Result<'quickstart'>> {
  const { terminal } = run
  const say = (title: string, text: string): void =>
    terminal.print(`${terminal.paint('bold', title.padEnd(TITLE_WIDTH))}${text}`)

  say('engine', pulumi.command)
  say('identity service', url)
  await writeProject()
  const documents = await goodDocuments(terminal, { project: SCENE.project })
  const managed = documents.resources.filter((r) => kindOf(r.kind)?.system !== undefined).length
  say('validate examples/acme', `${documents.resources.length} documents valid; ${managed} are objects of systems`)
  await pulumi.openStack()
  const up = await pulumi.up()
  say('pulumi up', counted(up))
  const changed = await tamper(url, documents)
  const { request, field, from, to } = changed
  say('behind its back', `${request}: ${field} ${from} → ${to}`)
  const report = await driftNow(run, await pulumi.export())
  if (!hasDrifted(report)) throw new PlumblineError('INTERNAL', 'the change was made, and no drift was found')
  say('plumbline drift', 'field by field:')
  terminal.print(DRIFT_FORMS.text(report, terminal) ?? '')
  const corrected = await pulumi.up('--refresh')
  say('pulumi up --refresh', counted(corrected))
  await pulumi.expectNoChanges()
  say('pulumi preview --refresh', 'no changes: every system is as the documents say')
  return { engine: pulumi.command, url, documents: documents.resources.length, up, changed, drift: report, corrected }
}

/** What the engine calls its operations, and what they are to the documents. */
const OPERATIONS: readonly (readonly [operation: string, words: string])[] = [
  ['create', 'created or adopted'],
  ['update', 'updated'],
  ['replace', 'replaced'],
  ['delete', 'deleted'],
  ['same', 'unchanged'],
]

const counted = (counts: Counts): string =>
  OPERATIONS.flatMap(([operation, words]) => (counts[operation] ? [`${counts[operation]} ${words}`] : [])).join(', ')
