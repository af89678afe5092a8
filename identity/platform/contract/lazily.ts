import type { ValidateFunction } from 'ajv'

type Check = ((data: unknown) => boolean) & { errors: NonNullable<ValidateFunction['errors']> | null }

/** Compiles on first use: a start compiles nothing, and most schemas are never needed. */
export function lazily(compile: () => ValidateFunction): Check {
  let validate: ValidateFunction | undefined
  const check = (data: unknown): boolean => {
    validate ??= compile()
    const good = validate(data)
    check.errors = validate.errors ?? null
    return good
  }
  check.errors = null as Check['errors']
  return check
}
