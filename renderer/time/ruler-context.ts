import { createContext, useContext } from 'react';
import type { Ruler } from './ruler.ts';

export const RulerContext = createContext<Ruler>({ days: [], zone: 'UTC', width: 0, windowDays: [] });

/** The x-axis that every row of this page shares. */
export function useRuler(): Ruler {
  return useContext(RulerContext);
}
