import { BrowserWindow, dialog } from 'electron';

/** Shows the system's dialog over the window. Gives the paths that were chosen; none when it was closed. */
export async function chooseEvidence(what: 'files' | 'folders'): Promise<readonly string[]> {
  const [window] = BrowserWindow.getAllWindows();
  if (!window) return [];
  const { filePaths } = await dialog.showOpenDialog(window, {
    title: what === 'files' ? 'Choose evidence files' : 'Choose folders of evidence',
    buttonLabel: 'Choose',
    properties: [what === 'files' ? 'openFile' : 'openDirectory', 'multiSelections', 'dontAddToRecent'],
  });
  return filePaths;
}
