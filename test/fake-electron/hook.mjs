// Makes `import 'electron'` find the stand-in beside this file.
import { register } from 'node:module';

const url = new URL('./electron.js', import.meta.url).href;
const resolver = `export async function resolve(name, context, next) {
  return name === 'electron' ? { url: ${JSON.stringify(url)}, shortCircuit: true } : next(name, context);
}`;
register(`data:text/javascript,${encodeURIComponent(resolver)}`);
