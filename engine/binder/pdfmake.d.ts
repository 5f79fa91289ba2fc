/** The part of pdfmake 0.3.11 that Fieldwork uses. The package has no types of its own. */
declare module 'pdfmake' {
  export interface CreatedPdf {
    /** The pdfkit document with all pages drawn, not yet ended. */
    getStream(): Promise<unknown>;
  }
  const pdfmake: {
    setFonts(fonts: Record<string, Record<string, string>>): void;
    setTableLayouts(layouts: Record<string, Record<string, unknown>>): void;
    setUrlAccessPolicy(policy: (url: string) => boolean): void;
    setLocalAccessPolicy(policy: (path: string) => boolean): void;
    setProgressCallback(callback: ((fraction: number) => void) | undefined): void;
    createPdf(definition: Record<string, unknown>, options?: Record<string, unknown>): CreatedPdf;
  };
  // eslint-disable-next-line no-restricted-syntax -- the package exports it so
  export default pdfmake;
}
