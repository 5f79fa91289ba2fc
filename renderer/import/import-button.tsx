interface ImportButtonProps {
  readonly readOnly: boolean;
  readonly isBusy: boolean;
  onImport(): void;
}

/** Why a case that is read-only takes no evidence from here. */
export const WHY_NO_IMPORT = 'This case is read-only: no evidence can be added from here.';

/** Opens the import of evidence. */
export function ImportButton(props: ImportButtonProps) {
  const { readOnly, isBusy, onImport } = props;
  return (
    <button
      type="button"
      data-testid="import-open"
      disabled={readOnly || isBusy}
      title={readOnly ? WHY_NO_IMPORT : 'Import evidence (i)'}
      onClick={onImport}
    >
      Import evidence…
      {readOnly && <span className="for-readers"> {WHY_NO_IMPORT}</span>}
    </button>
  );
}
