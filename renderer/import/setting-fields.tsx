import type { FileSettings, SettingsForAll } from '../../shared/contract.ts';
import { visibleText } from '../common/hostile-text.ts';
import type { ImportPlan } from './import-choices.ts';
import { MappingField } from './mapping-field.tsx';

interface SettingFieldsProps {
  readonly plan: ImportPlan;
  readonly settings: FileSettings;
  /** What the fields of other files do not have. */
  readonly idPrefix: string;
  /** Stands in the fields while nothing was said of this file. */
  readonly forAll?: SettingsForAll;
  /** The system that the path names. */
  readonly system?: string | null;
  onSet(name: keyof FileSettings, value: string): void;
}

const zones = Intl.supportedValuesOf('timeZone');

/** Zone, system, time of making, mapping. What is left empty is decided as on the command line. */
export function SettingFields(props: SettingFieldsProps) {
  const { plan, settings, idPrefix, forAll, onSet } = props;
  const system = forAll?.system ?? props.system ?? undefined;
  return (
    <>
      <label>
        Time zone
        <input
          list={`${idPrefix}-zones`}
          value={settings.zone ?? ''}
          placeholder={forAll?.zone ?? `${plan.zone}, the engagement’s`}
          autoComplete="off"
          spellCheck={false}
          data-testid={`${idPrefix}-zone`}
          onChange={(event) => onSet('zone', event.target.value)}
        />
        <small>For times without an offset.</small>
      </label>
      <datalist id={`${idPrefix}-zones`}>
        {['UTC', ...zones].map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
      <label>
        System
        <input
          list={`${idPrefix}-systems`}
          value={settings.system ?? ''}
          placeholder={system === undefined ? 'as records or path say' : visibleText(system)}
          maxLength={300}
          autoComplete="off"
          spellCheck={false}
          data-testid={`${idPrefix}-system`}
          onChange={(event) => onSet('system', event.target.value)}
        />
        <small>For records that name none, such as a raw audit log.</small>
      </label>
      <datalist id={`${idPrefix}-systems`}>
        {plan.systems.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <label>
        Made at
        <input
          value={settings.takenAt ?? ''}
          placeholder={forAll?.takenAt ?? '2026-11-21T06:11:30Z'}
          maxLength={40}
          autoComplete="off"
          spellCheck={false}
          data-testid={`${idPrefix}-taken-at`}
          onChange={(event) => onSet('takenAt', event.target.value)}
        />
        <small>For files whose records carry no time.</small>
      </label>
      <MappingField idPrefix={idPrefix} mapping={settings.mapping ?? ''} onSet={(text) => onSet('mapping', text)} />
    </>
  );
}
