import { withSetting, type ImportChoices, type ImportPlan } from './import-choices.ts';
import { SettingFields } from './setting-fields.tsx';

interface ForAllFieldsProps {
  readonly plan: ImportPlan;
  readonly choices: ImportChoices;
  onChange(choices: ImportChoices): void;
}

/** Where the evidence comes from, and what holds for every file that does not say otherwise. */
export function ForAllFields(props: ForAllFieldsProps) {
  const { plan, choices, onChange } = props;
  return (
    <section className="for-all" aria-labelledby="for-all-title">
      <h3 id="for-all-title">For all files</h3>
      <div className="form">
        <label>
          Provided by
          <input
            value={choices.providedBy}
            maxLength={2000}
            autoComplete="off"
            data-testid="provided-by"
            onChange={(event) => onChange({ ...choices, providedBy: event.target.value })}
          />
          <small>Who handed the evidence over. It is kept with each source.</small>
        </label>
        <label>
          Obtained how
          <input
            value={choices.obtainedHow}
            maxLength={2000}
            autoComplete="off"
            data-testid="obtained-how"
            onChange={(event) => onChange({ ...choices, obtainedHow: event.target.value })}
          />
          <small>Such as: exported by the client while we watched.</small>
        </label>
        <SettingFields
          plan={plan}
          settings={choices.forAll}
          idPrefix="all"
          onSet={(name, value) => onChange({ ...choices, forAll: withSetting(choices.forAll, name, value) })}
        />
      </div>
    </section>
  );
}
