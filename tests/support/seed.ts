import fc from 'fast-check'

/** The same values at each run, so that a change is judged by what it changes; another seed finds other values. */
fc.configureGlobal({ seed: Number(process.env.PLUMBLINE_PROPERTY_SEED ?? 20_261_129) })
