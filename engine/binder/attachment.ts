/** A file inside a binder. */
export interface BinderAttachment {
  /** ASCII letters, digits, `.`, `_`, `-`; unique in the binder. */
  readonly name: string;
  readonly type: string;
  /** PDF/A-3 relationship of the file to the document. */
  readonly relationship: 'Data' | 'Source' | 'Supplement';
  readonly description: string;
  readonly bytes: Uint8Array;
  /** What the manifest says of it. */
  readonly of?: AttachmentRole;
}

export type AttachmentRole =
  | { readonly control: string; readonly what: 'sql' }
  | { readonly control: string; readonly what: 'results'; readonly rows: number; readonly complete: boolean };
