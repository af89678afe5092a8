import { setTimeout as delay } from 'node:timers/promises'
import { digestOf } from '../../reconciler/digest.ts'
import { type DriftReport, drift } from '../../reconciler/drift.ts'
import { DEFAULT_ALLOWANCE } from '../../reconciler/model.ts'
import { pulumiState } from '../pulumi-state.ts'
import { DRIFT_FORMS, hasDrifted } from '../report/drift.ts'
import type { Run } from '../run.ts'
import { planned, withReportedWorkspace } from '../workspace.ts'
import { SCENE } from './scene.ts'

const POLL_MS = 3_000
const SELECTION = { project: SCENE.project }

/** How the systems differ from the documents now; `state` is the export of the stack. */
export const driftNow = (run: Run, state: string): Promise<DriftReport> =>
  withReportedWorkspace(
    run,
    SELECTION,
    () => pulumiState(state),
    async (workspace) => drift((await planned(run, workspace, DEFAULT_ALLOWANCE)).plan, new Date()),
  )

/** Prints drift that is there, and again when it appears, changes or goes, until the signal aborts. */
export const watch = (run: Run, state: string): Promise<void> =>
  withReportedWorkspace(
    run,
    SELECTION,
    () => pulumiState(state),
    async (workspace) => {
      let last: string | undefined
      while (!run.signal.aborted) {
        await workspace.context.connections.refresh()
        const report = drift((await planned(run, workspace, DEFAULT_ALLOWANCE)).plan, new Date())
        const digest = digestOf({ ...report, at: '' })
        const isNews = last === undefined ? hasDrifted(report) : digest !== last
        if (isNews) run.terminal.print(DRIFT_FORMS.text(report, run.terminal) ?? '')
        last = digest
        await delay(POLL_MS, undefined, { signal: run.signal })
      }
    },
  )
