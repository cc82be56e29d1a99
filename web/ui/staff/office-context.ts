import { createContext, useContext } from 'react'
import type { Office } from '../../models/office.ts'

const OfficeContext = createContext<Office | undefined>(undefined)
export const OfficeProvider = OfficeContext.Provider

export function useOffice(): Office {
  const office = useContext(OfficeContext)
  if (!office) throw new Error('No office: this part is only drawn for somebody who is signed in.')
  return office
}
