import { finishRemoval } from './accounts/user-removal.ts'
import { endLoginsOfDisabled } from './login/user-disabling.ts'
import { deliverNotice } from './oidc/logout-delivery.ts'
import type { RouteModule } from './platform/http/app.ts'
import { type JobWork, runDue } from './platform/jobs/jobs.ts'

const LOOK_MILLISECONDS = 15_000

export const JOB_WORK: JobWork = {
  'logout-notice': deliverNotice,
  'user-removal': finishRemoval,
  'login-ending': endLoginsOfDisabled,
}

/** Does what waits: from the start on, when something new is put down, and every 15 seconds for what failed or another process left. */
export const jobsModule: RouteModule = async (app, { deps }) => {
  let running = Promise.resolve()
  const run = async () => {
    for (const { error, ...fault } of await runDue(deps, JOB_WORK))
      app.log.warn({ ...fault, err: error }, 'a job failed')
  }
  const wake = () => {
    running = running.then(run).catch((error: unknown) => app.log.error({ err: error }, 'jobs could not be read'))
  }
  const timer = setInterval(wake, LOOK_MILLISECONDS)
  timer.unref()
  deps.jobBell.answer(wake)
  app.addHook('onReady', async () => wake())
  app.addHook('onClose', async () => {
    clearInterval(timer)
    deps.jobBell.answer(() => undefined)
    await running
  })
}
