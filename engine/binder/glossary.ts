/** The words of a binder and what they mean, for readers who have never seen Fieldwork. */
import type { ControlDayState } from '../../shared/states.ts';
import type { GlossaryEntry } from './content.ts';

/** What each state of a control-day means, as one sentence; the order of precedence is that of `controlDayStates`. */
export const stateMeanings: Readonly<Record<ControlDayState, string>> = {
  deviation: 'At least one tested item was not as the control requires, and no accepted explanation covers it.',
  explained: 'Every deviating item or gap of the day is explained and the explanation was accepted by a person.',
  undecidable: 'The order of two events cannot be decided, because their clocks may differ by more than the interval.',
  'untrusted time': 'Records were written while the clock of their system was out of tolerance or not measured.',
  'no evidence': 'No system in scope gave evidence for the day. Nothing can be said about the control.',
  partial: 'Some systems in scope gave evidence for the day, others did not.',
  error: 'The test could not be run.',
  'not due': 'The control was not expected to operate on the day, and no item arose.',
  effective: 'Evidence was there and complete, and no tested item deviated.',
};

/** How a state is drawn in a strip, in words. */
export const stateLooks: Readonly<Record<ControlDayState, string>> = {
  deviation: 'tall bar, filled triangle',
  explained: 'tall bar, open triangle',
  undecidable: 'three bands',
  'untrusted time': 'two bands',
  'no evidence': 'hatched box',
  partial: 'half bar, half hatched',
  error: 'dark bar with a cross',
  'not due': 'thin line',
  effective: 'plain bar',
};

export const standardGlossary: readonly GlossaryEntry[] = [
  { term: 'Audit window', means: 'The days, first and last included, that the examination is about.' },
  { term: 'Binder', means: 'This file: what was tested and found, with the files that let others check it.' },
  {
    term: 'Cause of a gap',
    means:
      'What other evidence says of it: that the host was up and this stream alone silent, that a file is cut, that several ' +
      'hosts were silent together, that the host was down; or nothing.',
  },
  {
    term: 'Citation',
    means: 'Source and record, written S12 #345: the 345th record of source 12 in the evidence register.',
  },
  { term: 'Claimed time', means: 'A time stated by the signing computer. Nobody else has confirmed it.' },
  {
    term: 'Clock state',
    means: 'Within tolerance, out of it, or unknown: not measured, not for too long, or by something that is stuck.',
  },
  { term: 'Control', means: 'Something the entity does or keeps in place, which a query tests against evidence.' },
  {
    term: 'Control-day',
    means: 'One control on one day of the window: the unit of result. It has one of nine states.',
  },
  { term: 'Coverage', means: 'For each stream and system, the days on which records were there.' },
  {
    term: 'Deviation',
    means: 'A tested item that is not as the control requires. Its weight is for the auditor to judge.',
  },
  { term: 'Evidence file', means: 'A file as it was given, kept unchanged and known by its SHA-256.' },
  { term: 'Gap', means: 'A stretch of time in which a stream of a system was expected to speak and did not.' },
  {
    term: 'Gap, accepted',
    means: 'A person answers for it with a reason. It stays a gap: nothing is known of that time.',
  },
  {
    term: 'Gap, explained',
    means: 'A ticket that has a root cause covers its time and system. It stays a gap.',
  },
  {
    term: 'Ledger',
    means: 'The list of everything done to the case. Each entry holds the hash of the one before it.',
  },
  { term: 'Ledger head', means: 'The hash of the last entry. It changes if any entry before it is changed.' },
  { term: 'Pack', means: 'A set of control tests, known by the hash of its files.' },
  { term: 'Population', means: 'Every item a control applies to. Each is tested; nothing is sampled by the query.' },
  { term: 'Record', means: 'One entry of an evidence file: a line, an element, a row.' },
  {
    term: 'Rejected record',
    means: 'A record that could not be read. It is kept and counted, and its reason is stored.',
  },
  { term: 'Source', means: 'One imported evidence file, or one member of an archive.' },
  { term: 'Stream', means: 'A kind of evidence that a system gives continuously or at intervals, such as auditd.' },
  {
    term: 'Usually silent',
    means:
      'Half of the silences of a stream at those hours of the week were shorter. How long it may be silent is declared, ' +
      'or learned from its own history.',
  },
];
