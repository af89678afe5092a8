/** How every command ends. */
export const EXIT = {
  /** Done, or nothing to do. */
  ok: 0,
  /** An error; messages say which. */
  error: 1,
  /** Changes are pending, or the systems have drifted. */
  pending: 2,
  /** Ended by Ctrl-C, as the shell counts it. */
  interrupted: 130,
  /** Ended by SIGTERM. */
  terminated: 143,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]
