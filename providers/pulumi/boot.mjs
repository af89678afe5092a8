import { register } from 'tsx/esm/api'

register()

/** What the shell calls, once per process. */
export const provider = async () => (await import('./logic.ts')).provider
