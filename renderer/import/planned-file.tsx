import { useId, useState } from 'react';
import type { PlannedEvidence } from '../../shared/contract.ts';
import { visibleText } from '../common/hostile-text.ts';
import { bytesText } from '../common/number-text.ts';
import { useCall } from '../engine/use-engine.ts';
import { DryRun } from './dry-run.tsx';
import { FileProblemNote } from './file-problem.tsx';
import { choiceOf, isTaken, withFile, withSetting, type ImportChoices, type ImportPlan } from './import-choices.ts';
import { SettingFields } from './setting-fields.tsx';

interface PlannedFileProps {
  readonly plan: ImportPlan;
  readonly planned: PlannedEvidence;
  readonly choices: ImportChoices;
  readonly isUndecided: boolean;
  onChange(choices: ImportChoices): void;
}

/** A file of the plan: what it was recognised as and why, and what can be said about it. */
export function PlannedFileItem(props: PlannedFileProps) {
  const { planned, choices, onChange } = props;
  const { leaveOut } = choiceOf(choices, planned.file);
  const [isOpen, setOpen] = useState(false);
  const detailsId = useId();
  const name = visibleText(planned.name);
  const isLost = ['unknown', 'refused'].includes(planned.state) && !isTaken(planned, choices);
  const canRead = planned.mayChoose || planned.state === 'recognised';
  return (
    <li
      className="planned-file"
      data-testid="planned-file"
      data-state={planned.state}
      data-undecided={props.isUndecided}
      data-lost={isLost && !leaveOut}
      data-left-out={leaveOut}
    >
      <div className="planned-line">
        {planned.state === 'already there' ? (
          <span />
        ) : (
          <input
            type="checkbox"
            aria-label={`Import ${name}`}
            checked={!leaveOut}
            onChange={() => onChange(withFile(choices, planned.file, { leaveOut: !leaveOut }))}
          />
        )}
        <span className="planned-name">
          <bdi>{name}</bdi>
          <span className="faint">
            {planned.folder === '' ? '' : `${visibleText(planned.folder)} · `}
            {planned.bytes === null ? '' : bytesText(planned.bytes)}
            {planned.container === null || planned.container === 'plain' ? '' : ` · ${planned.container}`}
          </span>
        </span>
        <Recognised {...props} />
        {canRead && !leaveOut && (
          <button
            type="button"
            data-testid="planned-open"
            aria-expanded={isOpen}
            aria-controls={detailsId}
            onClick={() => setOpen(!isOpen)}
          >
            {isOpen ? 'Less' : planned.archive === null ? 'Settings and first rows' : 'Format'}
            <span className="for-readers"> of {name}</span>
          </button>
        )}
      </div>
      {planned.state === 'ambiguous' && !leaveOut && <Candidates {...props} />}
      <div id={detailsId}>{isOpen && canRead && !leaveOut && <FileDetails {...props} />}</div>
    </li>
  );
}

/** What the file is, in words. */
function Recognised(props: PlannedFileProps) {
  const { planned, choices } = props;
  const { leaveOut, settings } = choiceOf(choices, planned.file);
  if (leaveOut) return <span className="planned-is faint">Left out by you.</span>;
  if (planned.state === 'already there')
    return <span className="planned-is">In the case already, as S{planned.sourceId}: its records count once.</span>;
  if (settings.as !== undefined)
    return (
      <span className="planned-is">
        <code>{settings.as}</code> <span className="faint">as you chose</span>
      </span>
    );
  if (planned.state === 'ambiguous')
    return <span className="planned-is asks">More than one format could be meant: choose one.</span>;
  if (planned.state === 'archive')
    return (
      <span className="planned-is">
        Archive{' '}
        <span className="faint">
          {visibleText(planned.reason ?? 'What it holds could not be looked at; the dry run says why.')}
          {planned.sourceId === null ? '' : ' It is in the case already: files of it that are count once.'}
        </span>
      </span>
    );
  if (planned.problem) return <FileProblemNote problem={planned.problem} isUnknown={planned.state === 'unknown'} />;
  return (
    <span className="planned-is">
      <code>{planned.format}</code>{' '}
      <span className="faint">
        {planned.confidence === null ? '' : `${sure(planned.confidence)}. `}
        {visibleText(planned.reason ?? '')}
      </span>
    </span>
  );
}

function sure(confidence: number): string {
  return `${Math.round(confidence * 100)} % sure`;
}

/** The formats among which a person has to choose. */
function Candidates(props: PlannedFileProps) {
  const { planned, choices, onChange } = props;
  const { settings } = choiceOf(choices, planned.file);
  const set = (as: string) => onChange(withFile(choices, planned.file, { settings: withSetting(settings, 'as', as) }));
  return (
    <fieldset className="candidates" data-testid="candidates">
      <legend>Read {visibleText(planned.name)} as</legend>
      {planned.candidates.map(({ format, title, confidence, reason }) => (
        <label key={format}>
          <input
            type="radio"
            name={`as-${planned.file}`}
            value={format}
            checked={settings.as === format}
            onChange={() => set(format)}
          />
          <span>
            <code>{format}</code> {title}{' '}
            <span className="faint">
              {sure(confidence)}. {visibleText(reason)}
            </span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function FileDetails(props: PlannedFileProps) {
  const { plan, planned, choices, onChange } = props;
  const { settings } = choiceOf(choices, planned.file);
  const isMember = planned.archive !== null;
  const set = (name: Parameters<typeof withSetting>[1], value: string) =>
    onChange(withFile(choices, planned.file, { settings: withSetting(settings, name, value) }));
  return (
    <div className="file-details">
      <div className="form file-settings">
        {planned.mayChoose && <FormatField {...props} onSet={(as) => set('as', as)} />}
        {!isMember && (
          <SettingFields
            plan={plan}
            settings={settings}
            forAll={choices.forAll}
            system={planned.system}
            idPrefix={`file-${planned.file}`}
            onSet={set}
          />
        )}
      </div>
      {isMember ? (
        <p className="faint">Zone, system and the like are those of its archive, and the dry run is there.</p>
      ) : (
        <DryRun
          key={JSON.stringify([settings, choices.forAll])}
          plan={plan}
          planned={planned}
          settings={settings}
          forAll={choices.forAll}
          onMapping={(mapping) => set('mapping', mapping)}
        />
      )}
    </div>
  );
}

function FormatField(props: PlannedFileProps & { onSet: (as: string) => void }) {
  const { planned, choices, onSet } = props;
  const formats = useCall('formats.list', {});
  const { settings } = choiceOf(choices, planned.file);
  return (
    <label>
      Format
      <select
        value={settings.as ?? ''}
        data-testid={`file-${planned.file}-as`}
        onChange={(event) => onSet(event.target.value)}
      >
        <option value="">{planned.format === null ? 'Decided by content' : `${planned.format}, by content`}</option>
        {formats.data?.map(({ id, title }) => (
          <option key={id} value={id}>
            {id}: {title}
          </option>
        ))}
      </select>
      <small>Choosing one takes the place of what its content says, and the ledger says so.</small>
    </label>
  );
}
