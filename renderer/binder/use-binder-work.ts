import { useCallback, useState } from 'react';
import type { Output, Verification } from '../../shared/contract.ts';
import { useJob, type JobControl } from '../engine/use-engine.ts';

/** The binder being made and the last verification. Both outlive a look at another panel. */
export interface BinderWork {
  readonly making: JobControl<'binder.make'>;
  readonly verification: Verification | undefined;
  readonly showVerification: (verification: Verification) => void;
}

/** Keeps the work on binders for as long as the case is shown. */
export function useBinderWork(): BinderWork {
  const [verification, showVerification] = useState<Verification>();
  const onMade = useCallback((made: Output<'binder.make'>) => showVerification(made.verification), []);
  return { making: useJob('binder.make', onMade), verification, showVerification };
}
