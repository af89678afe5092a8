/**
 * Ranks of CIM writes; a lower one goes first (notes to the contract, "Order"): redirect targets before token kinds, switches
 * and verification before what relies on them, new login methods before old ones are switched off, texts before the reload,
 * and the configuration API itself last.
 */
export const CIM_ORDER = {
  prerequisites: 10,
  enablingLogin: 20,
  features: 30,
  dependents: 40,
  disablingLogin: 50,
  texts: 60,
  extension: 70,
  closing: 100,
} as const
