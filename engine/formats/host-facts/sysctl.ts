import { comment, fact, numberOrText, rejected, type LineKind } from './kind.ts';

/** `sysctl -a`: `name = value`. sysctl.conf has comments (`#`, `;`) and `-name = value`, sysctl.d(5). */
const SETTING = /^-?([A-Za-z0-9_][\w./*-]*(?: \w[\w./-]*)?)\s*=\s?(.*)$/;
const ROOTS = /^-?(?:abi|crypto|debug|dev|fs|kernel|net|sunrpc|user|vm|fscache|xen)[./][\w./*-]+(?: [\w./-]+)?\s*=/;

export const sysctl: LineKind = {
  id: 'sysctl',
  hasLongLines: true,
  as: 'as sysctl -a or sysctl.conf has them',
  framing: 'lines',
  signOf: (line) => {
    const text = line.trim();
    if (ROOTS.test(text)) return 'sure';
    return SETTING.test(text) || /^[#;]/.test(text) ? 'fits' : 'other';
  },
  open: ({ head, assume }) => {
    const isFile = head.some((line) => /^\s*[#;]/.test(line));
    if (isFile) assume('The kernel parameters are those of a file; which values were in force is not in it.');
    if (!head.some((line) => ROOTS.test(line.trim())))
      assume(
        'None of the names begins as those of kernel parameters do; they are taken for such because the file was said to be one.',
      );
    return (line) => {
      const text = line.trim();
      if (/^[#;]/.test(text)) return comment;
      const [, name, value = ''] = SETTING.exec(text) ?? [];
      if (name === undefined) return rejected('The line is no kernel parameter with a value, and no comment.');
      const ignoresErrors = text.startsWith('-') ? { ignores_errors: true } : {};
      const fields = { name, value: numberOrText(value.trim()), in_force: isFile ? undefined : true, ...ignoresErrors };
      return fact({ type: 'kernel_parameter', id: name, fields });
    };
  },
};
