import { PlumblineError } from '../config/errors.ts'

/** Another plan than the one that was looked at would be carried out. */
export const stale = (what: string): PlumblineError =>
  new PlumblineError('PLAN_STALE', `${what} since the plan was saved; nothing was done`, {
    help: 'Plan again, and look at what is different now.',
  })
