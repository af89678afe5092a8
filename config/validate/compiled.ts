import type { ValidateFunction } from 'ajv'

/**
 * Checks that were compiled beforehand, by name. The sources have none and compile at need; `npm run build` puts those of every kind
 * here (tools/compiled-checks.ts), which saves half of the time of a small validation.
 */
export const COMPILED: Readonly<Record<string, ValidateFunction>> = {}
