import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import type { EvidenceEntry, ImportAccount } from '../../shared/contract.ts';
import { useJob, type JobControl } from '../engine/use-engine.ts';
import { noChoices, startInput, type ImportChoices, type ImportPlan } from './import-choices.ts';

/** The way through an import: choose files, decide on the plan, read the account. */
export interface ImportWork {
  readonly isOpen: boolean;
  readonly chosen: readonly EvidenceEntry[];
  readonly plan: ImportPlan | undefined;
  readonly choices: ImportChoices;
  readonly account: ImportAccount | undefined;
  readonly planning: JobControl<'import.plan'>;
  readonly importing: JobControl<'import.start'>;
  open(): void;
  close(): void;
  choose(entries: readonly EvidenceEntry[]): void;
  makePlan(): void;
  setChoices(choices: ImportChoices): void;
  /** Goes back to the choice of files. */
  back(): void;
  start(): void;
  /** Begins another import. */
  restart(): void;
}

/** Keeps an import for as long as the case is shown. */
export function useImport(): ImportWork {
  const queries = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const [chosen, choose] = useState<readonly EvidenceEntry[]>([]);
  const [plan, setPlan] = useState<ImportPlan>();
  const [choices, setChoices] = useState<ImportChoices>(noChoices);
  const [account, setAccount] = useState<ImportAccount>();
  const onPlan = useCallback((made: ImportPlan) => {
    setPlan(made);
    // Who provided it is likely the same after another look; what was said of single files is not.
    setChoices((before) => ({ ...before, files: new Map() }));
  }, []);
  const planning = useJob('import.plan', onPlan);
  const importing = useJob('import.start', setAccount);
  const restart = () => {
    choose([]);
    setPlan(undefined);
    setAccount(undefined);
    planning.dismiss();
    importing.dismiss();
  };
  return {
    isOpen,
    chosen,
    plan,
    choices,
    account,
    planning,
    importing,
    open: () => {
      // Folders change while nobody looks.
      queries.removeQueries({ queryKey: ['evidence.list'] });
      if (account) restart();
      setOpen(true);
    },
    close: () => setOpen(false),
    choose,
    makePlan: () => planning.start({ keys: chosen.map(({ key }) => key) }),
    setChoices,
    back: () => {
      setPlan(undefined);
      importing.dismiss();
    },
    start: () => {
      if (plan) importing.start(startInput(plan.planId, choices));
    },
    restart,
  };
}
